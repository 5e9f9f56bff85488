// SPDX-License-Identifier: GPL-2.0-only
#include "run/forked_child.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

#include "backing/lanes.h"
#include "base/sys_error.h"

namespace mmuw {

// The child allocates nothing: another thread may have had the allocator's lock at the fork.
ForkedChild::ForkedChild(const std::vector<Place>& places) : count_(places.size()) {
    int go[2], back[2];
    if (pipe2(go, O_CLOEXEC) != 0 || pipe2(back, O_CLOEXEC) != 0) throw_errno("pipe2");
    go_ = Fd(go[1]);
    back_ = Fd(back[0]);
    const Fd wait(go[0]), answer(back[1]);
    std::vector<std::uint64_t> stamps(count_);
    pid_ = fork();
    if (pid_ < 0) throw_errno("fork");
    if (pid_ != 0) return;
    go_.reset();
    char told = 0;
    if (TEMP_FAILURE_RETRY(::read(wait.get(), &told, 1)) != 1) _exit(1);
    for (std::size_t i = 0; i < count_; i++) stamps[i] = load_lane(places[i].page, places[i].lane);
    const auto bytes = static_cast<ssize_t>(count_ * sizeof stamps[0]);
    _exit(TEMP_FAILURE_RETRY(::write(answer.get(), stamps.data(), count_ * sizeof stamps[0])) ==
                  bytes
              ? 0
              : 1);
}

ForkedChild::~ForkedChild() {
    go_.reset();
    TEMP_FAILURE_RETRY(waitpid(pid_, nullptr, 0));
}

std::vector<std::uint64_t> ForkedChild::look() {
    if (TEMP_FAILURE_RETRY(::write(go_.get(), "", 1)) != 1) throw_errno("write to the child");
    std::vector<std::uint64_t> stamps(count_);
    const std::size_t bytes = count_ * sizeof stamps[0];
    if (TEMP_FAILURE_RETRY(::read(back_.get(), stamps.data(), bytes)) !=
        static_cast<ssize_t>(bytes))
        throw std::runtime_error("the child has ended");
    return stamps;
}

}  // namespace mmuw
