#include "runtime/optimise/state.h"

#include <fmt/format.h>

namespace bdc::runtime::optimise {

void Exchange::array(const std::string &name, int64_t columns, bool grows, std::vector<double> &values) {
  const std::string full = prefix + name;
  if (to) {
    to->arrays[full] = {columns, grows, values};
    return;
  }
  const auto found = from->arrays.find(full);
  if (found == from->arrays.end())
    return fail(inputError(fmt::format("the state of the fit has no `{}`", full), "it was written by another version of bdc"));
  if (failure)
    values = found->second.values;
}

void Exchange::operator()(const std::string &name, std::vector<double> &values) { array(name, 0, false, values); }

void Exchange::log(const std::string &name, int64_t columns, std::vector<double> &values) { array(name, columns, true, values); }

void Exchange::operator()(const std::string &name, double &value) {
  std::vector<double> one{value};
  array(name, 0, false, one);
  if (one.size() == 1)
    value = one.front();
  else
    fail(inputError(fmt::format("`{}{}` in the state of the fit is not one number", prefix, name), "the file may be damaged"));
}

void Exchange::operator()(const std::string &name, int64_t &value) {
  double number = static_cast<double>(value);
  (*this)(name, number);
  value = static_cast<int64_t>(number);
}

void Exchange::operator()(const std::string &name, bool &value) {
  double number = value ? 1 : 0;
  (*this)(name, number);
  value = number != 0;
}

} // namespace bdc::runtime::optimise
