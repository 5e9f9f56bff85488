// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/dirty_bitmap.h"

#include <linux/kvm.h>

#include <algorithm>
#include <format>
#include <utility>

namespace mmuw {

void BitmapLog::read(Memslot& slot, PageBitmap& logged) {
    kvm_dirty_log log{};
    log.slot = slot.kvm_slot();
    // KVM writes whole longs, all of those that the memslot has.
    const auto words = buffer_.words(logged.words().size());
    std::ranges::fill(words, ~std::uint64_t{0});
    log.dirty_bitmap = words.data();
    slot.vm().control(KVM_GET_DIRTY_LOG, &log,
                      std::format("KVM_GET_DIRTY_LOG(slot {})", slot.kvm_slot()));
    std::ranges::copy(words, logged.words().begin());
}

ManualLog::ManualLog(const DirtyLogOptions& options, bool initially_set)
    : BitmapLog(options),
      initially_set_(initially_set),
      in_parts_(options.clear_parts != 0),
      random_(options.clear_parts) {}

std::string ManualLog::name() const {
    return to_string(initially_set_ ? DirtyLogKind::kManualInitSet : DirtyLogKind::kManual);
}

void ManualLog::prepare(Vm& vm) {
    std::uint64_t flags = KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE;
    if (initially_set_) flags |= KVM_DIRTY_LOG_INITIALLY_SET;
    vm.enable_capability(KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, {flags, 0, 0, 0},
                         "KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2");
}

void ManualLog::enable(Memslot& slot) {
    left_.erase(slot.id());
    if (initially_set_) {
        PageBitmap all(slot.pages());
        all.set_range(0, slot.pages());
        left_.insert_or_assign(slot.id(), std::move(all));
    }
    DirtyLog::enable(slot);
}

PageBitmap ManualLog::left(const Memslot& slot) const {
    const auto found = left_.find(slot.id());
    return found != left_.end() ? found->second : DirtyLog::left(slot);
}

void ManualLog::read(Memslot& slot, PageBitmap& logged) {
    BitmapLog::read(slot, logged);
    left_.insert_or_assign(slot.id(), PageBitmap(slot.pages()));
    if (in_parts_)
        clear_parts(slot, logged);
    else
        clear(slot, 0, slot.pages(), logged.words());
}

void ManualLog::clear(Memslot& slot, std::uint64_t first, std::uint64_t pages,
                      std::span<const std::uint64_t> mask) {
    kvm_clear_dirty_log clear{};
    clear.slot = slot.kvm_slot();
    clear.first_page = first;
    clear.num_pages = static_cast<std::uint32_t>(pages);
    const auto words = buffer_.words(mask.size());
    std::ranges::copy(mask, words.begin());
    clear.dirty_bitmap = words.data();
    slot.vm().control(
        KVM_CLEAR_DIRTY_LOG, &clear,
        std::format("KVM_CLEAR_DIRTY_LOG(slot {}, pages {}+{})", slot.kvm_slot(), first, pages));
}

// One whose pages are in two page tables, which may both be huge pages.
std::optional<std::size_t> ManualLog::draw_word(const Memslot& slot, const PageBitmap& logged) {
    const std::uint64_t entries = page_size() / sizeof(std::uint64_t);
    std::vector<std::size_t> across;
    for (std::size_t i = 0; i < logged.words().size(); i++) {
        const std::uint64_t gfn = slot.gfn() + 64 * i;
        if (gfn / entries != (gfn + 63) / entries && logged.words()[i] != 0) across.push_back(i);
    }
    if (across.empty()) return {};
    return across[random_() % across.size()];
}

// KVM takes a multiple of 64 pages, or whatever there is up to the slot's end.
void ManualLog::clear_parts(Memslot& slot, const PageBitmap& logged) {
    PageBitmap mask = logged;
    PageBitmap& left = left_.at(slot.id());
    if (random_() % 2 == 0)
        if (const auto only = draw_word(slot, logged)) {
            left = logged;
            left.words()[*only] = 0;
            clear(slot, 64 * *only, std::min<std::uint64_t>(64, slot.pages() - 64 * *only),
                  logged.words().subspan(*only, 1));
            return;
        }
    for (std::uint64_t first = 0, pages = 0; first < slot.pages(); first += pages) {
        pages = std::min<std::uint64_t>(64 * (1 + random_() % 3), slot.pages() - first);
        const bool skipped = random_() % 4 == 0;
        const auto words = mask.words().subspan(first / 64, (pages + 63) / 64);
        for (std::size_t i = 0; i < words.size(); i++) {
            const std::uint64_t all = words[i];
            words[i] = skipped ? 0 : all & (random_() | random_());
            left.words()[first / 64 + i] = all & ~words[i];
        }
        if (!skipped) clear(slot, first, pages, words);
    }
}

}  // namespace mmuw
