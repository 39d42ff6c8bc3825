/// Who pays for new memory.
#pragma once

#include <cstdint>

namespace bdc::runtime {

class Team;

/// Has the system clear the pages of `bytes` from `data` on, each for one thread of the team: threads that come to one at the
/// same time have it cleared for each of them, and all but one thrown away. What is there stays. A team of one does it as it goes
/// along.
void touchPages(Team &team, void *data, int64_t bytes);

} // namespace bdc::runtime
