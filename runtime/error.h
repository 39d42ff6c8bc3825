/// Errors as values. Nothing in this folder throws across its headers, prints, or ends the process.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace bdc::runtime {

/// What kind of answer a failure is; decides a program's exit status.
enum class ErrorKind {
  input,   ///< what the user asked for is wrong (a name, a number, a size)
  memory,  ///< refused by the memory plan
  numeric, ///< NaN or infinity in a state, or a drawn number that cannot be
  output,  ///< a file could not be written
  interrupted, ///< asked to end before there was anything to keep
  internal ///< a compiled program broke the contract of abi.h
};

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message; ///< one sentence: where, what
  std::string help;    ///< a way out, may be empty
};

inline Error inputError(std::string message, std::string help = {}) {
  return {ErrorKind::input, std::move(message), std::move(help)};
}
inline Error internalError(std::string message) { return {ErrorKind::internal, std::move(message), {}}; }

/// A value or an error; true where it holds a value. The embedding API has an error type of its own.
template <class T, class E = Error> class [[nodiscard]] Result {
public:
  Result(T value) : content(std::in_place_index<0>, std::move(value)) {}
  Result(E error) : content(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return content.index() == 0; }
  T &operator*() { return *std::get_if<0>(&content); }
  const T &operator*() const { return *std::get_if<0>(&content); }
  T *operator->() { return std::get_if<0>(&content); }
  const T *operator->() const { return std::get_if<0>(&content); }
  E &error() { return *std::get_if<1>(&content); }
  const E &error() const { return *std::get_if<1>(&content); }

private:
  std::variant<T, E> content;
};

/// Success or an error.
template <class E> class [[nodiscard]] StatusOf {
public:
  StatusOf() = default;
  StatusOf(E error) : failure(std::move(error)), ok(false) {}

  explicit operator bool() const { return ok; }
  E &error() { return failure; }
  const E &error() const { return failure; }

private:
  E failure;
  bool ok = true;
};
using Status = StatusOf<Error>;

} // namespace bdc::runtime
