// SPDX-License-Identifier: GPL-2.0-only
// Arguments for the ioctls of /dev/mmuwitness-reference, its VMs and its vCPUs.
#include <linux/kvm.h>

#include <cstring>

#include "base/mapping.h"
#include "hammer/call.h"
#include "hammer/process.h"
#include "kmod/uapi/reference.h"

namespace mmuw::hammer {
namespace {

template <class T>
void put(Call& call, const T& argument) {
    static_assert(sizeof(T) <= sizeof(call.argument));
    std::memcpy(call.argument.data(), &argument, sizeof argument);
}

void number(Call& call, std::uint64_t value) {
    call.by_value = true;
    call.detail = value;
}

void nothing(Draw& /*draw*/, Call& call) {
    number(call, 0);
}

void capability(Draw& draw, Call& call) {
    static constexpr std::uint64_t kKnown[] = {KVM_CAP_USER_MEMORY, KVM_CAP_NR_MEMSLOTS,
                                               KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
                                               KVM_CAP_DIRTY_LOG_RING_ACQ_REL, KVM_CAP_NR_VCPUS};
    number(call, draw.one_in(4) ? odd_number(draw) : draw.of(kKnown));
}

void create_vm(Draw& draw, Call& call) {
    number(call, draw.one_in(16) ? odd_number(draw) : draw.below(MMUWITNESS_REF_VARIANTS));
}

void create_vcpu(Draw& draw, Call& call) {
    number(call, draw.one_in(16) ? odd_number(draw) : draw.below(17));
}

void enable_cap(Draw& draw, Call& call) {
    kvm_enable_cap cap{};
    cap.cap = draw.one_in(2) ? KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 : KVM_CAP_DIRTY_LOG_RING_ACQ_REL;
    cap.args[0] = draw.one_in(4)   ? odd_number(draw)
                  : draw.one_in(2) ? draw.below(4)
                                   : 4096ULL << draw.below(9);
    put(call, cap);
}

std::uint32_t slot_id(Draw& draw) {
    return static_cast<std::uint32_t>(draw.one_in(32) ? draw.below(70) : draw.below(4));
}

// Neighbours overlap at times, and are as long as the log of a ring's reset or a clear takes.
void memory_region(Draw& draw, Call& call) {
    const std::uint64_t slot = slot_id(draw);
    kvm_userspace_memory_region region{};
    region.slot = static_cast<std::uint32_t>(slot);
    region.flags = draw.one_in(2) ? KVM_MEM_LOG_DIRTY_PAGES : 0;
    region.guest_phys_addr = (slot * 64 + (draw.one_in(8) ? draw.below(64) : 0)) * page_size();
    region.memory_size = (draw.one_in(4)   ? 0
                          : draw.one_in(2) ? 64
                                           : 1 + draw.below(128)) *
                         page_size();
    if (draw.one_in(200)) region.memory_size = kArenaBytes;
    region.userspace_addr = draw.below(kArenaBytes / page_size()) * page_size();
    call.address_at = offsetof(kvm_userspace_memory_region, userspace_addr);
    if (draw.one_in(32)) region.guest_phys_addr = odd_number(draw);
    if (draw.one_in(32)) region.memory_size = odd_number(draw);
    put(call, region);
}

void get_log(Draw& draw, Call& call) {
    kvm_dirty_log log{};
    log.slot = slot_id(draw);
    call.pointer_at = offsetof(kvm_dirty_log, dirty_bitmap);
    put(call, log);
}

void clear_log(Draw& draw, Call& call) {
    kvm_clear_dirty_log log{};
    log.slot = slot_id(draw);
    log.first_page = draw.one_in(8) ? odd_number(draw) : draw.one_in(4) ? 64 : 0;
    log.num_pages = static_cast<std::uint32_t>(draw.one_in(8)   ? odd_number(draw)
                                               : draw.one_in(2) ? 64
                                                                : draw.below(65));
    call.pointer_at = offsetof(kvm_clear_dirty_log, dirty_bitmap);
    put(call, log);
}

void access(Draw& draw, Call& call) {
    mmuwitness_ref_access access{};
    access.gpa =
        draw.one_in(64) ? odd_number(draw) : draw.below(4 * 64) * page_size() + draw.below(8) * 8;
    access.value = draw.next();
    access.op = static_cast<std::uint32_t>(draw.one_in(64) ? draw.below(6) : 1 + draw.below(3));
    put(call, access);
}

constexpr Request kRequests[] = {
    {"KVM_GET_API_VERSION", KVM_GET_API_VERSION, Target::reference, 30, nothing},
    {"KVM_CHECK_EXTENSION", KVM_CHECK_EXTENSION, Target::reference, 60, capability},
    {"KVM_GET_VCPU_MMAP_SIZE", KVM_GET_VCPU_MMAP_SIZE, Target::reference, 30, nothing},
    {"KVM_CREATE_VM", KVM_CREATE_VM, Target::reference, 6, create_vm},
    {"KVM_CHECK_EXTENSION (VM)", KVM_CHECK_EXTENSION, Target::vm, 60, capability},
    {"KVM_ENABLE_CAP", KVM_ENABLE_CAP, Target::vm, 60, enable_cap},
    {"KVM_SET_USER_MEMORY_REGION", KVM_SET_USER_MEMORY_REGION, Target::vm, 150, memory_region},
    {"KVM_GET_DIRTY_LOG", KVM_GET_DIRTY_LOG, Target::vm, 200, get_log},
    {"KVM_CLEAR_DIRTY_LOG", KVM_CLEAR_DIRTY_LOG, Target::vm, 200, clear_log},
    {"KVM_RESET_DIRTY_RINGS", KVM_RESET_DIRTY_RINGS, Target::vm, 100, nothing},
    {"KVM_CREATE_VCPU", KVM_CREATE_VCPU, Target::vm, 40, create_vcpu},
    {"REF_ACCESS", MMUWITNESS_REF_ACCESS, Target::vcpu, 1500, access},
};

}  // namespace

std::span<const Request> reference_requests() {
    return kRequests;
}

}  // namespace mmuw::hammer
