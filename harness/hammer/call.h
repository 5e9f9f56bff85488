// SPDX-License-Identifier: GPL-2.0-only
// One random call: what is done to which descriptor, with which argument. It follows from seed,
// worker and number alone, never from what earlier calls came to, so that it can be replayed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "hammer/draw.h"

namespace mmuw::hammer {

// What a descriptor is of. Each process has some slots for each, with a descriptor or without.
enum class Target : std::uint8_t { device, reference, vm, vcpu, kvm_vm, file, kTargets };
inline constexpr std::size_t kTargets = static_cast<std::size_t>(Target::kTargets);
inline constexpr std::size_t kSlots = 4;
const char* to_string(Target target);

enum class Act : std::uint8_t {
    ioctl,
    close,
    dup,
    send,  // over a unix socket, to whoever receives
    receive,
    fork,    // a child that makes calls of its own with what it inherits, and is killed
    map,     // the vCPU's pages, and what is written there
    memory,  // of the arena, behind memslots: what invalidates, protects, moves
    file,    // writes, syncs, punches holes
    signal,
};

// Where a pointer points.
enum class Where : std::uint8_t {
    here,  // to room enough
    null,
    kernel,      // past user space
    nowhere,     // to what is not mapped
    straddling,  // to the last bytes before that
    read_only,
};

struct Call {
    Act act = Act::ioctl;
    Target target = Target::device;
    std::uint8_t slot = 0;
    std::uint64_t detail = 0;  // of acts that are no ioctl

    const char* name = "";  // of the request
    std::uint8_t kind = 0;  // its number in the table, for counting
    std::uint32_t request = 0;
    bool by_value = false;      // the argument is a number: detail
    Where where = Where::here;  // the argument, else
    std::uint16_t size = 0;     // of it, as the request should have it
    alignas(8) std::array<std::byte, 256> argument{};

    // Filled in when it is made: a descriptor, a pointer, an address in the arena.
    std::int16_t fd_at = -1;
    Target fd_of = Target::file;
    std::uint8_t fd_slot = 0;
    std::int16_t pointer_at = -1;
    Where pointer = Where::here;
    std::int16_t address_at = -1;  // holds the offset until then
};

Call make_call(std::uint64_t seed, std::uint64_t worker, std::uint64_t number);
// One line, without what differs from run to run.
std::string to_string(const Call& call);

// ---- the requests
struct Request {
    const char* name;
    std::uint32_t code;
    Target target;
    unsigned weight;  // how often, among all; what takes milliseconds is rare
    void (*fill)(Draw& draw, Call& call);
};
inline constexpr std::size_t kMaxRequests = 48;
std::span<const Request> requests();  // both devices', at most kMaxRequests

std::span<const Request> device_requests();
std::span<const Request> reference_requests();

// Mostly one that is small and makes sense.
std::uint64_t odd_number(Draw& draw);

}  // namespace mmuw::hammer
