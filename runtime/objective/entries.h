/// What is compared of a table: the upper triangle of a square one, without the diagonal; all of a list.
#pragma once

#include "runtime/objective/functional.h"

namespace bdc::runtime::objective {

/// How many there are; an error where the table is neither square nor a list, or has fewer than `least`.
Result<int64_t> entryCount(const Operand &operand, int64_t least);

template <class T> std::vector<T> entriesOf(const Matrix<T> &table);
/// Adds to the places that `entriesOf` reads.
template <class T> void addToEntries(const std::vector<T> &values, Matrix<T> &table);

/// Data of a square table must be symmetric: half of it would otherwise count for nothing.
template <class T> Status checkSymmetric(const Operand &operand, const Matrix<T> &table);

} // namespace bdc::runtime::objective
