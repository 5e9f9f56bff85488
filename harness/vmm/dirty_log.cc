// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/dirty_log.h"

#include <linux/kvm.h>

#include <utility>

#include "vmm/arch.h"
#include "vmm/dirty_bitmap.h"
#include "vmm/dirty_ring.h"

namespace mmuw {

std::string to_string(DirtyLogKind kind) {
    switch (kind) {
        case DirtyLogKind::kBitmap:
            return "bitmap";
        case DirtyLogKind::kManual:
            return "manual";
        case DirtyLogKind::kManualInitSet:
            return "manual-initset";
        case DirtyLogKind::kRing:
            return "ring";
    }
    std::unreachable();
}

bool supported(const Kvm& kvm, DirtyLogKind kind, std::string* why) {
    const auto missing = [&](const char* what) {
        if (why != nullptr) *why = what;
        return false;
    };
    switch (kind) {
        case DirtyLogKind::kBitmap:
            return true;
        case DirtyLogKind::kManual:
        case DirtyLogKind::kManualInitSet: {
            const int flags = kvm.check_extension(KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2);
            if ((flags & KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE) == 0)
                return missing("no KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2");
            if (kind == DirtyLogKind::kManualInitSet && (flags & KVM_DIRTY_LOG_INITIALLY_SET) == 0)
                return missing("no KVM_DIRTY_LOG_INITIALLY_SET");
            return true;
        }
        case DirtyLogKind::kRing:
            if (dirty_ring_capability(kvm) != 0) return true;
            return missing("no KVM_CAP_DIRTY_LOG_RING or KVM_CAP_DIRTY_LOG_RING_ACQ_REL");
    }
    std::unreachable();
}

void DirtyLog::enable(Memslot& slot) {
    slot.set_log(true);
}

void DirtyLog::disable(Memslot& slot) {
    slot.set_log(false);
}

void DirtyLog::switch_to(bool on, std::span<Memslot* const> slots) {
    for (Memslot* slot : slots) {
        if (on)
            enable(*slot);
        else
            disable(*slot);
    }
}

void DirtyLog::add_vcpu(Vcpu& /*vcpu*/, VcpuThread& thread) {
    threads_.push_back(&thread);
}

PageBitmap DirtyLog::collect(Memslot& slot) {
    PageBitmap logged(slot.pages());
    slot.vm().observer().before_collect(slot.id());
    if (kick_ && arch::log_buffer_entries(slot.vm().kvm()) != 0)
        for (VcpuThread* thread : threads_) thread->kick();
    read(slot, logged);
    slot.vm().observer().after_collect(slot.id(), slot.gfn(), logged);
    return logged;
}

PageBitmap DirtyLog::left(const Memslot& slot) const {
    return PageBitmap(slot.pages());
}

std::unique_ptr<DirtyLog> make_dirty_log(DirtyLogKind kind, const DirtyLogOptions& options) {
    switch (kind) {
        case DirtyLogKind::kBitmap:
            return std::make_unique<BitmapLog>(options);
        case DirtyLogKind::kManual:
            return std::make_unique<ManualLog>(options, false);
        case DirtyLogKind::kManualInitSet:
            return std::make_unique<ManualLog>(options, true);
        case DirtyLogKind::kRing:
            return std::make_unique<RingLog>(options);
    }
    std::unreachable();
}

}  // namespace mmuw
