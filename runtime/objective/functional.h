/// Functionals: what an objective is made of. A functional maps series (samples of recorded quantities), spike trains and tables
/// (results of other functionals, data) to a table; a scalar is a table of 1 x 1. What each one is: docs/objectives.md.
///
/// One evaluation, in this order:
///   begin(known)                  forgets the run before; the tables that are known before the run (data), null for the others
///   hear(operand, batch)          the samples of the run, batch after batch, in the order of time
///   evaluate(tables)              its table, from what was heard and from its table operands
///   pullback(adjoint, …)          from dL/d(entry of its table) the adjoints of its table operands; prepares those of its series
///   adjoint(operand, batch, out)  dL/d(sample) of a batch, whose samples are handed in once more
///
/// * How a run is cut into batches, in either direction, shows in no bit. The batches of `adjoint` may be cut otherwise than
///   those that were heard, and may come in any order; going back in time is what is fast.
/// * Nothing is kept that is not needed: most keep sums. Some must keep more, since the adjoint of a sample depends on samples
///   before it (spectrum: the series; fcd: a triangle per window; van_rossum: the spikes). They say so in `bytes`; what only the
///   reverse pass needs is kept only where one was announced (Setup::reverse).
/// * The order of every sum is fixed. One thread calls.
/// * Where there is no number (an element that does not change has no correlation), `evaluate` ends in an error of the kind
///   `numeric` that names the element. Where a number has no slope, a subgradient is taken: 0 for a standard deviation, an RMS
///   error or a modulus that is 0, and for |x| at 0; that of the first one for the largest of several equal ones.
#pragma once

#include "runtime/error.h"
#include "runtime/objective/setup.h"
#include "runtime/objective/values.h"

#include <memory>

namespace bdc::runtime::objective {

/// One for each operand; null where it is a series or spikes.
template <class T> using Tables = std::span<const Matrix<T> *const>;
template <class T> using Adjoints = std::span<Matrix<T> *const>;

template <class T> class Functional {
public:
  virtual ~Functional() = default;

  virtual void begin(Tables<T> known) {}
  virtual void hear(int operand, const Samples<T> &) {}
  virtual void hear(int operand, const Spikes<T> &) {}
  virtual Result<Matrix<T>> evaluate(Tables<T> tables) = 0;

  /// `adjoint` has the shape of the table. Adds to `adjoints`, which are null where nobody asks.
  virtual void pullback(const Matrix<T> &adjoint, Tables<T> tables, Adjoints<T> adjoints) = 0;
  /// Add to out[row][element], out[step][element].
  virtual void adjoint(int operand, const Samples<T> &again, T *out) {}
  virtual void adjoint(int operand, const Spikes<T> &again, T *out) {}

  /// What it will hold at most. Nothing large is taken before the first sample.
  virtual int64_t bytes() const { return 0; }
};

/// A result; its text and unit are seen to by `resultOf`.
inline Operand tableOf(int64_t rows, int64_t columns, std::vector<std::string> names = {}) {
  return {.kind = Operand::Kind::table, .rows = rows, .columns = columns, .names = std::move(names)};
}

/// Why there is no value; begins in the middle of a sentence, after what the user wrote.
inline Error noValue(std::string message, std::string help = {}) {
  return {ErrorKind::numeric, std::move(message), std::move(help)};
}

/// For what is made of pairs of elements.
Status needsTwoElements(const Operand &operand, std::string_view function);
/// The time in whole intervals of the operand, the nearest number.
Result<int64_t> wholeSamples(const Operand &operand, double time_ms, const char *option, int64_t least);

} // namespace bdc::runtime::objective
