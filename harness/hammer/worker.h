// SPDX-License-Identifier: GPL-2.0-only
// A thread that makes the random calls of one worker, one after the other.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>

#include "base/mapping.h"
#include "hammer/guarded.h"
#include "hammer/process.h"

namespace mmuw::hammer {

class Worker {
  public:
    Worker(Process& process, std::uint64_t seed, unsigned number);
    ~Worker();  // ends what it forked

    // Until enough ioctls were made by all, or it is told to stop.
    void run();
    // The calls [from, to) alone, each printed before it is made, and what came of it after.
    void replay(std::uint64_t from, std::uint64_t to);

  private:
    long perform(Call& call, std::uint64_t number);
    long make_ioctl(Call& call);
    long close_some(const Call& call);
    long pass_on(Target target, int fd);
    long receive(const Call& call);
    long fork_one(std::uint64_t number);
    [[noreturn]] void be_child(std::uint64_t number);
    long map_vcpu(const Call& call);
    long change_memory(const Call& call);
    long change_file(const Call& call);
    void* place(Where where, void* here, std::size_t size) const;
    void end_child(pid_t& child);

    Process& process_;
    std::uint64_t seed_;
    unsigned number_;
    bool is_child_ = false;
    Mapping here_;  // what arguments are put into, with nothing behind it
    Guarded bulk_;  // what pointers in arguments point to
    std::array<pid_t, 3> children_{};
};

}  // namespace mmuw::hammer
