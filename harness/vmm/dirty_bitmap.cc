// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/dirty_bitmap.h"

#include <linux/kvm.h>

#include <algorithm>
#include <format>
#include <stdexcept>

namespace mmuw {

void BitmapLog::read(Memslot& slot, PageBitmap& logged) {
    kvm_dirty_log log{};
    log.slot = slot.id();
    // KVM writes whole longs: PageBitmap's words cover that.
    log.dirty_bitmap = logged.words().data();
    slot.vm().control(KVM_GET_DIRTY_LOG, &log,
                      std::format("KVM_GET_DIRTY_LOG(slot {})", slot.id()));
}

ManualLog::ManualLog(bool initially_set, std::uint32_t clear_chunk)
    : initially_set_(initially_set), clear_chunk_(clear_chunk) {
    if (clear_chunk % 64 != 0)
        throw std::invalid_argument("clear_chunk: KVM_CLEAR_DIRTY_LOG takes multiples of 64 pages");
}

std::string ManualLog::name() const {
    return to_string(initially_set_ ? DirtyLogKind::kManualInitSet : DirtyLogKind::kManual);
}

void ManualLog::prepare(Vm& vm) {
    std::uint64_t flags = KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE;
    if (initially_set_) flags |= KVM_DIRTY_LOG_INITIALLY_SET;
    vm.enable_capability(KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, {flags, 0, 0, 0},
                         "KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2");
}

void ManualLog::read(Memslot& slot, PageBitmap& logged) {
    BitmapLog::read(slot, logged);
    const std::uint64_t chunk = clear_chunk_ != 0 ? clear_chunk_ : slot.pages();
    for (std::uint64_t first = 0; first < slot.pages(); first += chunk) {
        kvm_clear_dirty_log clear{};
        clear.slot = slot.id();
        clear.first_page = first;
        clear.num_pages = static_cast<std::uint32_t>(std::min(chunk, slot.pages() - first));
        clear.dirty_bitmap = logged.words().data() + first / 64;
        slot.vm().control(KVM_CLEAR_DIRTY_LOG, &clear,
                          std::format("KVM_CLEAR_DIRTY_LOG(slot {}, pages {}+{})", slot.id(), first,
                                      std::uint32_t{clear.num_pages}));
    }
}

}  // namespace mmuw
