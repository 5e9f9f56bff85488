// SPDX-License-Identifier: GPL-2.0-only
// Arguments for the ioctls of /dev/mmuwitness, mostly such that something comes of them.
#include <cstring>

#include "hammer/call.h"
#include "kmod/uapi/mmuwitness.h"

namespace mmuw::hammer {
namespace {

template <class T>
void put(Call& call, const T& argument) {
    static_assert(sizeof(T) <= sizeof(call.argument));
    std::memcpy(call.argument.data(), &argument, sizeof argument);
}

std::uint32_t small(Draw& draw, std::uint64_t end) {
    return static_cast<std::uint32_t>(draw.below(end));
}

void nothing(Draw& /*draw*/, Call& /*call*/) {}

void start(Draw& draw, Call& call) {
    put(call, mmuwitness_start{.mmu = small(draw, 2), .reserved = 0});
}

void add_vm(Draw& draw, Call& call) {
    call.fd_at = offsetof(mmuwitness_vm, vm_fd);
    call.fd_of = draw.one_in(2) ? Target::vm : Target::kvm_vm;
    call.fd_slot = static_cast<std::uint8_t>(draw.below(kSlots));
}

void del_vm(Draw& draw, Call& call) {
    put(call, mmuwitness_vm{.vm_fd = 0, .id = small(draw, MMUWITNESS_MAX_VMS + 2)});
}

void add_file(Draw& draw, Call& call) {
    call.fd_at = offsetof(mmuwitness_file, fd);
    call.fd_of = Target::file;
    call.fd_slot = static_cast<std::uint8_t>(draw.below(kSlots));
}

void del_file(Draw& draw, Call& call) {
    put(call, mmuwitness_file{.fd = 0, .id = small(draw, MMUWITNESS_MAX_FILES + 2)});
}

// Mostly few: thousands of events take a while.
std::uint32_t how_many(Draw& draw) {
    if (draw.one_in(200)) return small(draw, MMUWITNESS_MAX_MARKS + 2);
    return small(draw, 12);
}

void marks(Draw& draw, Call& call) {
    put(call, mmuwitness_marks{.marks = 0, .count = how_many(draw), .reserved = 0});
    call.pointer_at = offsetof(mmuwitness_marks, marks);
}

void note(Draw& draw, Call& call) {
    mmuwitness_note note{.kind = small(draw, 10), .text = {}};
    const std::size_t length = draw.below(MMUWITNESS_TEXT_LEN + 1);  // the last: without an end
    for (std::size_t i = 0; i < length; i++) note.text[i] = static_cast<char>(1 + draw.below(255));
    put(call, note);
}

void page_state(Draw& draw, Call& call) {
    put(call, mmuwitness_page_state{.file = small(draw, MMUWITNESS_MAX_FILES + 2),
                                    .count = how_many(draw),
                                    .first = draw.one_in(8) ? draw.next() : draw.below(256),
                                    .flags = 0});
    call.pointer_at = offsetof(mmuwitness_page_state, flags);
}

// All of these begin with the index.
void by_index(Draw& draw, Call& call) {
    put(call, small(draw, 48));
}

// Of those that leave the machine able to go on: what the others break is for `plants`. One in
// eight is asked for in vain, by a name that is known or not, and reserved bits.
void plant(Draw& draw, Call& call) {
    static constexpr const char* kNames[] = {"",
                                             "",
                                             "log-mark-skipped",
                                             "log-mark-next-gfn",
                                             "ring-push-dropped",
                                             "ring-reset-dropped",
                                             "kvm-dirty-skipped",
                                             "flush-skipped-in-log-collection",
                                             "aging-says-not-young",
                                             "aging-never-flushes",
                                             "invalidate-ended-early",
                                             "sequence-not-advanced",
                                             "no-such-plant"};
    mmuwitness_plant plant{};
    const char* name = draw.of(kNames);
    std::strncpy(plant.name, name, sizeof plant.name - 1);
    if (draw.one_in(3)) plant.flags = MMUWITNESS_PLANT_EVERY_VM;
    if (draw.one_in(8)) {
        plant.reserved = 1 + small(draw, 7);
        if (draw.one_in(4)) std::memset(plant.name, 'x', sizeof plant.name);
    }
    put(call, plant);
}

mmuwitness_pass pass(Draw& draw) {
    static constexpr std::int32_t kVcpus[] = {MMUWITNESS_ANY_VCPU, MMUWITNESS_ANY_VCPU,
                                              MMUWITNESS_NO_VCPU, 0, 1};
    return {.point = 1 + small(draw, 24),
            .vcpu = draw.of(kVcpus),
            .vm = draw.one_in(3) ? small(draw, MMUWITNESS_MAX_VMS + 1) : 0,
            .file = draw.one_in(3) ? small(draw, MMUWITNESS_MAX_FILES + 1) : 0,
            .where = draw.one_in(3) ? draw.below(64) : MMUWITNESS_ANYWHERE};
}

void gate(Draw& draw, Call& call) {
    put(call,
        mmuwitness_gate{.id = 1 + small(draw, MMUWITNESS_MAX_GATES),
                        .timeout_us = draw.one_in(100) ? small(draw, MMUWITNESS_MAX_HOLD_US + 2)
                                                       : 1 + small(draw, 300),
                        .holds = 1 + small(draw, 4),
                        .reserved = 0,
                        .hold = pass(draw),
                        .until = pass(draw),
                        .held = 0,
                        .won = 0,
                        .timed_out = 0,
                        .held_ns = 0});
}

void gate_wait(Draw& draw, Call& call) {
    mmuwitness_gate gate{};
    gate.id = small(draw, MMUWITNESS_MAX_GATES + 2);
    gate.timeout_us = draw.one_in(50) ? small(draw, 2'000'000) : small(draw, 3000);
    gate.held = draw.below(3);
    put(call, gate);
}

void gate_id(Draw& draw, Call& call) {
    mmuwitness_gate gate{};
    gate.id = small(draw, MMUWITNESS_MAX_GATES + 2);
    put(call, gate);
}

constexpr Request kRequests[] = {
    {"INFO", MMUWITNESS_INFO, Target::device, 300, nothing},
    {"START", MMUWITNESS_START, Target::device, 6, start},
    {"ADD_VM", MMUWITNESS_ADD_VM, Target::device, 40, add_vm},
    {"DEL_VM", MMUWITNESS_DEL_VM, Target::device, 10, del_vm},
    {"ADD_FILE", MMUWITNESS_ADD_FILE, Target::device, 60, add_file},
    {"DEL_FILE", MMUWITNESS_DEL_FILE, Target::device, 15, del_file},
    {"MARKS", MMUWITNESS_MARKS, Target::device, 300, marks},
    {"NOTE", MMUWITNESS_NOTE, Target::device, 300, note},
    {"PAGE_STATE", MMUWITNESS_PAGE_STATE, Target::device, 200, page_state},
    {"HOOK", MMUWITNESS_HOOK, Target::device, 300, by_index},
    {"PLANT", MMUWITNESS_PLANT, Target::device, 8, plant},
    {"PLANT_INFO", MMUWITNESS_PLANT_INFO, Target::device, 200, by_index},
    {"POINT_INFO", MMUWITNESS_POINT_INFO, Target::device, 200, by_index},
    {"GATE_SET", MMUWITNESS_GATE_SET, Target::device, 60, gate},
    {"GATE_ARM", MMUWITNESS_GATE_ARM, Target::device, 60, gate},
    {"GATE_WAIT", MMUWITNESS_GATE_WAIT, Target::device, 60, gate_wait},
    {"GATE_STATE", MMUWITNESS_GATE_STATE, Target::device, 300, gate_id},
    {"GATE_CLEAR", MMUWITNESS_GATE_CLEAR, Target::device, 15, gate_id},
};

}  // namespace

std::span<const Request> device_requests() {
    return kRequests;
}

}  // namespace mmuw::hammer
