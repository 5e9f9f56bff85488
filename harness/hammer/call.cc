// SPDX-License-Identifier: GPL-2.0-only
#include "hammer/call.h"

#include <algorithm>
#include <cstring>
#include <format>
#include <vector>

namespace mmuw::hammer {
namespace {

const std::vector<Request>& table() {
    static const std::vector<Request> all = [] {
        std::vector<Request> both;
        for (const auto& some : {device_requests(), reference_requests()})
            both.insert(both.end(), some.begin(), some.end());
        return both;
    }();
    return all;
}

struct Other {
    Act act;
    unsigned weight;
};
// Beside the ioctls. A close that is the last one ends a session, or a VM: milliseconds. A signal
// has START begin anew, which takes half a second: with many it never ends.
constexpr Other kOthers[] = {
    {Act::close, 20}, {Act::dup, 40},    {Act::send, 20}, {Act::receive, 60}, {Act::fork, 2},
    {Act::map, 40},   {Act::memory, 60}, {Act::file, 20}, {Act::signal, 1},
};

Target any_target(Draw& draw) {
    return static_cast<Target>(draw.below(kTargets));
}

Where somewhere(Draw& draw) {
    return draw.one_in(24) ? static_cast<Where>(draw.below(6)) : Where::here;
}

// Of the right kind or not, of the right size or not.
void spoil(Draw& draw, Call& call) {
    switch (draw.below(6)) {
        case 0:  // an unknown command
            call.request ^= static_cast<std::uint32_t>(1 + draw.below(255));
            break;
        case 1:  // another size
            call.request =
                (call.request & ~(0x3fffU << 16)) |
                static_cast<std::uint32_t>(draw.one_in(2) ? draw.below(0x4000) : draw.below(300))
                    << 16;
            break;
        case 2:  // another direction
            call.request ^= static_cast<std::uint32_t>(1 + draw.below(3)) << 30;
            break;
        case 3:  // to something that does not know it
            call.target = any_target(draw);
            break;
        case 4:  // a field
            if (call.size >= 4) {
                const std::uint64_t odd = odd_number(draw);
                const std::size_t at = draw.below(call.size / 4U) * 4;
                std::memcpy(&call.argument[at], &odd, std::min<std::size_t>(8, call.size - at));
            }
            break;
        default:  // all of it
            for (std::size_t at = 0; at < call.size; at++)
                call.argument[at] = static_cast<std::byte>(draw.next());
            if (draw.one_in(2)) call.fd_at = call.pointer_at = call.address_at = -1;
            break;
    }
}

// What it leaves of a plant's name must not be one that breaks the machine, and is not: no name
// becomes another one by a changed word.
void fill(Draw& draw, Call& call, const Request& request) {
    call.act = Act::ioctl;
    call.name = request.name;
    call.kind = static_cast<std::uint8_t>(&request - table().data());
    call.target = request.target;
    call.request = request.code;
    call.size = static_cast<std::uint16_t>((request.code >> 16) & 0x3fff);
    call.where = somewhere(draw);
    call.pointer = somewhere(draw);
    request.fill(draw, call);
    if (draw.one_in(12)) spoil(draw, call);
}

}  // namespace

const char* to_string(Target target) {
    static constexpr const char* kNames[kTargets] = {"device", "reference", "vm",
                                                     "vcpu",   "kvm-vm",    "file"};
    return kNames[static_cast<std::size_t>(target)];
}

std::span<const Request> requests() {
    return table();
}

std::uint64_t odd_number(Draw& draw) {
    static constexpr std::uint64_t kOdd[] = {
        0,          1,       2,          0x7f,       0xff,        0xfff,      0x1000,
        0xffff,     0x10000, 0x7fffffff, 0x80000000, 0xffffffff,  1ULL << 32, 1ULL << 52,
        1ULL << 63, ~0ULL,   ~0ULL - 7,  1ULL << 40, 0xfffffff0U, ~0xfffULL};
    return draw.one_in(3) ? draw.next() : draw.of(kOdd) + draw.below(3) - 1;
}

Call make_call(std::uint64_t seed, std::uint64_t worker, std::uint64_t number) {
    static const unsigned all = [] {
        unsigned sum = 0;
        for (const Request& r : table()) sum += r.weight;
        for (const Other& o : kOthers) sum += o.weight;
        return sum;
    }();
    Draw draw(seed ^ (worker << 48), number);
    Call call;
    call.slot = static_cast<std::uint8_t>(draw.below(kSlots));
    call.detail = draw.next();
    std::uint64_t at = draw.below(all);
    for (const Request& request : table()) {
        if (at < request.weight) {
            fill(draw, call, request);
            return call;
        }
        at -= request.weight;
    }
    for (const Other& other : kOthers) {
        if (at < other.weight) {
            call.act = other.act;
            break;
        }
        at -= other.weight;
    }
    call.target = any_target(draw);
    if ((call.act == Act::send || call.act == Act::close) && draw.one_in(2))
        call.target = Target::device;
    if (call.act == Act::map) call.target = Target::vcpu;
    if (call.act == Act::file) call.target = Target::file;
    return call;
}

std::string to_string(const Call& call) {
    static constexpr const char* kActs[] = {"ioctl", "close", "dup",    "send", "receive",
                                            "fork",  "map",   "memory", "file", "signal"};
    static constexpr const char* kWhere[] = {"",         " null",       " kernel",
                                             " nowhere", " straddling", " read-only"};
    std::string text = std::format("{} {}.{}", kActs[static_cast<int>(call.act)],
                                   to_string(call.target), call.slot);
    if (call.act != Act::ioctl) return std::format("{} {:#x}", text, call.detail);
    text += std::format(" {} {:#x}", call.name, call.request);
    if (call.by_value) return std::format("{} {:#x}", text, call.detail);
    text += kWhere[static_cast<int>(call.where)];
    if (call.fd_at >= 0) text += std::format(" fd={}.{}", to_string(call.fd_of), call.fd_slot);
    if (call.pointer_at >= 0)
        text +=
            std::format(" pointer@{}{}", call.pointer_at, kWhere[static_cast<int>(call.pointer)]);
    if (call.address_at >= 0) text += std::format(" arena@{}", call.address_at);
    text += ' ';
    std::size_t end = call.size;
    while (end > 0 && call.argument[end - 1] == std::byte{0}) end--;
    for (std::size_t i = 0; i < end; i++)
        text += std::format("{:02x}", std::to_integer<unsigned>(call.argument[i]));
    return text;
}

}  // namespace mmuw::hammer
