/// JSON objects read with a path, so that a bad descriptor says where it is bad. Used by descriptor.cpp alone.
#pragma once

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <stdexcept>
#include <string>

namespace bdc::runtime::detail {

using Json = nlohmann::json;

struct BadDescriptor : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One object of the descriptor and its place in the text.
class Reader {
public:
  Reader(const Json &object, std::string path) : object(object), path(std::move(path)) {
    if (!object.is_object())
      fail("must be an object");
  }

  [[noreturn]] void fail(const std::string &what) const { throw BadDescriptor(fmt::format("{}: {}", path, what)); }

  bool has(const char *key) const { return object.contains(key) && !object[key].is_null(); }

  std::string text(const char *key) const {
    if (!has(key) || !object[key].is_string())
      fail(fmt::format("`{}` must be a text", key));
    return object[key].get<std::string>();
  }
  std::string text(const char *key, std::string otherwise) const { return has(key) ? text(key) : otherwise; }

  double number(const char *key, double otherwise) const {
    if (!has(key))
      return otherwise;
    if (!object[key].is_number())
      fail(fmt::format("`{}` must be a number", key));
    return object[key].get<double>();
  }

  bool flag(const char *key, bool otherwise) const {
    if (!has(key))
      return otherwise;
    if (!object[key].is_boolean())
      fail(fmt::format("`{}` must be true or false", key));
    return object[key].get<bool>();
  }

  /// A position in a table of `size` entries.
  int index(const char *key, size_t size) const {
    if (!has(key) || !object[key].is_number_integer())
      fail(fmt::format("`{}` must be an index", key));
    return checked(object[key], key, size);
  }
  int optionalIndex(const char *key, size_t size) const { return has(key) ? index(key, size) : -1; }

  std::vector<int> indices(const char *key, size_t size) const {
    std::vector<int> out;
    for (const Json &item : list(key)) {
      if (!item.is_number_integer())
        fail(fmt::format("`{}` must hold indices", key));
      out.push_back(checked(item, key, size));
    }
    return out;
  }

  /// The array under `key`; an empty one where it is absent.
  const Json &list(const char *key) const {
    static const Json empty = Json::array();
    if (!has(key))
      return empty;
    if (!object[key].is_array())
      fail(fmt::format("`{}` must be a list", key));
    return object[key];
  }

  Reader child(const char *key) const {
    if (!has(key))
      fail(fmt::format("`{}` is missing", key));
    return {object[key], fmt::format("{}.{}", path, key)};
  }

  /// Calls visit(Reader) for every object of the list under `key`.
  template <class F> void each(const char *key, F &&visit) const {
    size_t i = 0;
    for (const Json &item : list(key))
      visit(Reader(item, fmt::format("{}.{}[{}]", path, key, i++)));
  }

  /// The value's place among the names, e.g. of an enum.
  template <size_t N> int oneOf(const char *key, const char *const (&names)[N]) const {
    const std::string word = text(key);
    for (size_t i = 0; i < N; ++i)
      if (word == names[i])
        return static_cast<int>(i);
    fail(fmt::format("`{}` has the unknown value \"{}\"", key, word));
  }

  const Json &json() const { return object; }

private:
  int checked(const Json &item, const char *key, size_t size) const {
    const auto i = item.get<int64_t>();
    if (i < 0 || static_cast<size_t>(i) >= size)
      fail(fmt::format("`{}` is {}, the table has {} entries", key, i, size));
    return static_cast<int>(i);
  }

  const Json &object;
  std::string path;
};

} // namespace bdc::runtime::detail
