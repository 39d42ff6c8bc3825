/// Philox4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), and
/// the keys and counters of bdc: key = hash(seed, name of the purpose), counter = (element 64 bits, step 48, draw 16).
#pragma once

#include "vec.h"

namespace bdc::kernels {

/// Four 32-bit words, each in the low half of a 64-bit lane: the multiplication of Philox wants them so.
template <class U> struct Words {
  U w[4];
};

/// U is u64 or a vector of u64, K u64 or U. Only the low halves of the counter count; those of the result are its words.
template <class U, class K> BDC_KERNEL Words<U> philox(Words<U> c, K key) {
  constexpr u64 low = 0xffffffff, m0 = 0xD2511F53, m1 = 0xCD9E8D57;
  // Carries out of the low halves do no harm: only those are multiplied.
  U k0 = U(key & K(low)), k1 = U(key >> 32);
#pragma clang loop unroll(full)
  for (int round = 0; round < 10; ++round) {
    U p0 = (c.w[0] & U(low)) * U(m0), p1 = (c.w[2] & U(low)) * U(m1);
    c.w[0] = (p1 >> 32) ^ c.w[1] ^ k0;
    c.w[2] = (p0 >> 32) ^ c.w[3] ^ k1;
    c.w[1] = p1;
    c.w[3] = p0;
    k0 += U(0x9E3779B9);
    k1 += U(0xBB67AE85);
  }
  for (U &w : c.w)
    w &= U(low);
  return c;
}

/// The words of draw `draw` (16 bits) in step `step` (48 bits) of the given elements; of one key, or of a key in each lane.
template <class U, class K> BDC_KERNEL Words<U> drawWords(K key, U element, u64 step, u32 draw) {
  u64 high = (step >> 32 & 0xffff) | u64(draw & 0xffff) << 16;
  return philox(Words<U>{{element, element >> 32, U(step), U(high)}}, key);
}
/// The same in a step of each lane's own.
template <class U> BDC_KERNEL Words<U> drawWordsInSteps(u64 key, U element, U step, u32 draw) {
  U high = (step >> 32 & U(0xffff)) | U(u64(draw & 0xffff) << 16);
  return philox(Words<U>{{element, element >> 32, step, high}}, key);
}

namespace detail {
/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit.
BDC_KERNEL constexpr u64 mix64(u64 z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}
} // namespace detail

/// The key of one purpose in a run with this seed.
BDC_KERNEL constexpr u64 key(u64 seed, u64 nameHash) {
  return detail::mix64(detail::mix64(seed + 0x9e3779b97f4a7c15) ^ (nameHash + 0xd1b54a32d192ed03));
}

/// FNV-1a, 64 bits, of the qualified name of a purpose.
constexpr u64 nameHash(const char *text, u64 length) {
  u64 h = 0xcbf29ce484222325;
  for (u64 i = 0; i < length; ++i)
    h = (h ^ static_cast<unsigned char>(text[i])) * 0x100000001b3;
  return h;
}
/// For string literals and anything with data() and size().
template <class S> constexpr u64 nameHash(const S &s) { return nameHash(s.data(), s.size()); }
template <u64 N> constexpr u64 nameHash(const char (&s)[N]) { return nameHash(s, N - 1); }

} // namespace bdc::kernels
