#include "frontend/syntax/characters.h"

namespace bdc::syntax {

uint32_t utf8Length(std::string_view text) {
  if (text.empty())
    return 0;
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80)
    return 1;
  uint32_t length = (byte(0) & 0xE0) == 0xC0 ? 2 : (byte(0) & 0xF0) == 0xE0 ? 3 : (byte(0) & 0xF8) == 0xF0 ? 4 : 0;
  if (length == 0 || text.size() < length)
    return 0;
  uint32_t code = byte(0) & (0xFF >> (length + 1));
  for (uint32_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80)
      return 0;
    code = code << 6 | (byte(i) & 0x3F);
  }
  constexpr uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  return code < smallest[length] || code > 0x10FFFF || surrogate ? 0 : length;
}

std::string_view asciiFor(std::string_view character) {
  constexpr std::string_view pairs[][2] = {
      {"−", "-"},     {"–", "-"},     {"×", "*"},       {"·", "*"},      {"÷", "/"},      {"≤", "<="},   {"≥", ">="},
      {"≠", "!="},    {"→", "->"},    {"“", "\""},      {"”", "\""},     {"„", "\""},     {"’", "'"},    {"′", "'"},
      {"²", "^2"},    {"³", "^3"},    {"\u00A0", " "},  {"α", "alpha"},  {"β", "beta"}, {"γ", "gamma"},
      {"δ", "delta"}, {"ε", "eps"},   {"ζ", "zeta"},    {"η", "eta"},    {"θ", "theta"},  {"κ", "kappa"},
      {"λ", "lam"},   {"μ", "mu"},    {"ν", "nu"},      {"ξ", "xi"},     {"π", "pi"},     {"ρ", "rho"},  {"σ", "sigma"},
      {"τ", "tau"},   {"φ", "phi"},   {"χ", "chi"},     {"ψ", "psi"},    {"ω", "omega"},  {"Δ", "Delta"},
      {"Σ", "Sigma"}, {"Φ", "Phi"},   {"Ψ", "Psi"},     {"Ω", "Omega"},  {"Θ", "Theta"},  {"Γ", "Gamma"}};
  for (const auto &pair : pairs)
    if (pair[0] == character)
      return pair[1];
  return {};
}

} // namespace bdc::syntax
