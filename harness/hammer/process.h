// SPDX-License-Identifier: GPL-2.0-only
// What the threads of a process that makes random calls share: descriptors that any of them may
// close at any moment, memory behind memslots that any of them may take away.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "base/fd.h"
#include "hammer/call.h"
#include "hammer/guarded.h"
#include "hammer/part.h"

namespace mmuw::hammer {

inline constexpr std::size_t kArenaBytes = 16U << 20;
inline constexpr std::size_t kMaxWorkers = 16;

// Of all processes, in memory that they share: it is there when they are not.
struct Shared {
    std::atomic<bool> stop;
    std::atomic<std::uint64_t> ioctls, wanted;
    std::atomic<std::uint64_t> vms, sessions, guests_failed;
    struct alignas(64) Position {
        std::atomic<std::uint64_t> call;     // the number of the one under way
        std::atomic<std::int64_t> since_ms;  // on the steady clock
        std::atomic<bool> ended;
    };
    std::array<Position, kMaxWorkers> workers;
    std::array<std::atomic<std::uint64_t>, kMaxRequests> ok, refused;
    std::array<char, 256> guest_failure;
};

class Process {
  public:
    // The socket's ends are shared by all processes.
    Process(const Orders& orders, unsigned number, Shared& shared, int send_end, int receive_end);
    ~Process();  // closes what is in the slots
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    // The slot's descriptor. If it has none one is made; if that cannot be, as of the device that
    // is open already, another slot's. -1: not here.
    int descriptor(Target target, unsigned slot);
    // Without one: -1.
    int peek(Target target, unsigned slot) const;
    int take(Target target, unsigned slot);  // the slot is empty then
    // Closes what is there.
    void put(Target target, unsigned slot, int fd);

    [[nodiscard]] std::byte* arena() const { return arena_.bytes(); }
    [[nodiscard]] Shared& shared() const { return shared_; }
    [[nodiscard]] int send_end() const { return send_end_; }
    [[nodiscard]] int receive_end() const { return receive_end_; }

  private:
    int make(Target target, unsigned slot);
    void start_session(int device, bool reference);

    const Orders& orders_;
    unsigned number_;
    Shared& shared_;
    int send_end_, receive_end_;
    unsigned long vm_type_ = 0;
    Guarded arena_;
    std::array<std::string, kSlots> files_;
    std::array<std::array<std::atomic<int>, kSlots>, kTargets> fds_;
};

}  // namespace mmuw::hammer
