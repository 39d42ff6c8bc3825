/// Files that a run writes: what they may replace, and how a text gets there whole.
#pragma once

#include "runtime/descriptor/descriptor.h"
#include "runtime/simulate/options.h"

namespace bdc::runtime {

/// Whether the recordings and the report of a run may be written where the options say: they replace files of their own kind
/// alone, none that the program reads, and each has a name of its own.
Status mayWrite(const Options &options, const Descriptor &descriptor);

/// Writes beside the file and renames, so that a report is old or new, never half. A device or a pipe is written to, not replaced.
Status writeText(const std::string &path, const std::string &text);

} // namespace bdc::runtime
