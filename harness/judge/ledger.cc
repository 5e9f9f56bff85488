// SPDX-License-Identifier: GPL-2.0-only
#include "judge/ledger.h"

#include <linux/kvm.h>

#include <bit>

#include "judge/ioctls.h"
#include "kmod/uapi/reference.h"

namespace mmuw {

void Ledger::set_page_size(uint64_t bytes) {
    if (!std::has_single_bit(bytes) || bytes < 4096) return;
    page_size_ = bytes;
    // A table fills one page with 8-byte entries: 9 bits for 4K, 11 for 16K, 13 for 64K.
    bits_ = static_cast<unsigned>(std::countr_zero(bytes)) - 3;
}

void Ledger::set_machine(std::string_view machine) {
    machine_ = machine;
    if (machine == "aarch64")
        hardware_ = 0x400;  // AF
    else if (machine == "loongarch64")
        hardware_ = 0x1;  // V, which is A
    else
        hardware_ = 0x360;  // A and D of nested paging (bits 5 and 6) and of EPT (8 and 9)
}

void Ledger::set_mmu(std::string_view mmu) {
    if (mmu.starts_with("reference")) hardware_ = MMUWITNESS_REF_ACCESSED;
}

const VmRecord* Ledger::vm(uint16_t id) const {
    return id && id < vms_.size() && vms_[id].seen ? &vms_[id] : nullptr;
}

VmRecord* Ledger::touch(uint16_t id) {
    if (!id || id >= vms_.size()) return nullptr;
    vms_[id].seen = true;
    return &vms_[id];
}

const Slot* Ledger::slot_of(uint16_t id, uint64_t gfn) const {
    if (const VmRecord* v = vm(id))
        for (const Slot& s : v->slots)
            if (s.has(gfn)) return &s;
    return nullptr;
}

const Slot* Ledger::slot_by_id(uint16_t id, uint64_t slot) const {
    if (const VmRecord* v = vm(id))
        for (const Slot& s : v->slots)
            if (s.id == slot) return &s;
    return nullptr;
}

const Task* Ledger::task(int32_t pid) const {
    const auto it = tasks_.find(pid);
    return it == tasks_.end() ? nullptr : &it->second;
}

Task& Ledger::task_of(int32_t pid) {
    return tasks_[pid];
}

const FilePage* Ledger::file_page(uint16_t file, uint64_t page) const {
    return file < files_.size() ? files_[file].find(page) : nullptr;
}

template <typename F>
bool Ledger::any_level(uint16_t id, uint64_t gfn, F&& f) const {
    const VmRecord* v = vm(id);
    if (!v) return false;
    for (unsigned level = 1; level <= kLevels; ++level) {
        const SpteRecord* r = v->sptes[level - 1].find(gfn >> (bits_ * (level - 1)));
        if (r && f(*r)) return true;
    }
    return false;
}

bool Ledger::spte_present(uint16_t id, uint64_t gfn) const {
    return any_level(id, gfn, [](const SpteRecord& r) { return r.present > 0; });
}

bool Ledger::spte_writable(uint16_t id, uint64_t gfn) const {
    return any_level(id, gfn, [](const SpteRecord& r) { return r.writable > 0; });
}

const SpteRecord* Ledger::spte(uint16_t id, uint64_t gfn, unsigned level) const {
    const VmRecord* v = vm(id);
    if (!v || level < 1 || level > kLevels) return nullptr;
    return v->sptes[level - 1].find(gfn >> (bits_ * (level - 1)));
}

uint64_t Ledger::flushed(uint16_t id, uint64_t gfn, unsigned level) const {
    const VmRecord* v = vm(id);
    const SpteRecord* r = spte(id, gfn, level);
    return std::max(v ? v->flushed : 0, r ? r->flushed : 0);
}

std::vector<Ledger::Place> Ledger::places_of(uint16_t file, uint64_t page) const {
    std::vector<Place> out;
    if (!file) return out;
    for (uint16_t id = 1; id <= MMUWITNESS_MAX_VMS; ++id)
        for (const Slot& s : vms_[id].slots)
            if (s.file == file && !s.mover && page - s.first_page < s.pages) {
                const uint64_t at = page - s.first_page;
                out.push_back({id, s.gfn + at, s.hva + at * page_size_});
            }
    return out;
}

bool Ledger::page_present(uint16_t file, uint64_t page) const {
    for (const Place& p : places_of(file, page))
        if (spte_present(p.vm, p.gfn)) return true;
    return false;
}

namespace {

void chain(SpteRecord& r, const SpteEvent& s, uint64_t hardware) {
    const bool was = s.bits_old & MMUWITNESS_SPTE_PRESENT;
    const bool left = r.bits & MMUWITNESS_SPTE_PRESENT;
    r.bits_before = r.bits;
    r.certain_before = r.certain;
    r.certain = was == left && (!was || !((s.old_spte ^ r.value) & ~hardware));
    r.bits = s.bits_new;
    r.value = s.new_spte;
}

}  // namespace

void Ledger::spte(const Event& e) {
    const SpteEvent& s = e.spte;
    VmRecord* v = touch(s.vm);
    if (!v || s.level < 1 || s.level > kLevels) return;
    const bool was = (s.bits_old & kLeaf) == kLeaf;
    const bool is = (s.bits_new & kLeaf) == kLeaf;
    const unsigned shift = bits_ * (s.level - 1u);
    SpteRecord& r = v->sptes[s.level - 1u][s.gfn >> shift];
    r.writable =
        static_cast<int16_t>(r.writable + (is && (s.bits_new & MMUWITNESS_SPTE_WRITABLE) ? 1 : 0) -
                             (was && (s.bits_old & MMUWITNESS_SPTE_WRITABLE) ? 1 : 0));
    const uint64_t pfn = r.leads_somewhere() ? r.pfn : 0;
    r.pfn = s.pfn;
    chain(r, s, hardware_);
    if (is && !was) {
        ++r.present;
        for (uint64_t i = 0; i < pages_of(s.level); ++i) {
            const Slot* slot = slot_of(s.vm, s.gfn + i);
            if (slot && slot->mover) slot = nullptr;
            const uint16_t file = slot ? slot->file : s.file;
            const uint64_t page = slot ? slot->first_page + (s.gfn + i - slot->gfn) : s.index + i;
            if (file && file < files_.size()) files_[file][page].installed = e.order;
        }
    } else if (was && !is) {
        --r.present;
        // A huge page was split: the children are filled before they are linked and have no
        // events of their own (tdp_mmu_split_huge_page()).
        if ((s.bits_new & MMUWITNESS_SPTE_PRESENT) && s.level > 1) {
            const uint64_t first = s.gfn >> (shift - bits_);
            for (uint64_t i = 0; i < uint64_t{1} << bits_; ++i) {
                SpteRecord& child = v->sptes[s.level - 2u][first + i];
                ++child.present;
                child.certain = false;
                child.pfn = pfn != 0 ? pfn + i * pages_of(s.level - 1u) : 0;
            }
        }
    }
}

void Ledger::memslot(const Event& e, const mark::Memslot& m) {
    VmRecord* v = touch(e.mark.vm);
    if (!v) return;
    Slot* slot = nullptr;
    for (Slot& s : v->slots)
        if (s.id == m.slot) slot = &s;
    if (m.pages == 0) {  // deleted, or the VM is about to go
        if (slot) v->slots.erase(v->slots.begin() + (slot - v->slots.data()));
        return;
    }
    if (v->slots.empty()) {  // ids are used again: this may be another VM
        v->faults.clear();
        v->ioctls = 0;
        v->ring = false;
    }
    const bool moves = slot && slot->gfn != m.gfn;
    if (!slot || slot->gfn != m.gfn || slot->hva != m.hva) {
        // A new slot has no SPTEs: kvm_arch_flush_shadow_memslot() zapped those of whatever
        // was there before, in another VM of this id perhaps, which told us nothing.
        // What another slot has, or this one until now, is as it was.
        const auto is_anothers = [&](uint64_t gfn, uint64_t pages) {
            return std::ranges::any_of(v->slots, [&](const Slot& s) {
                return gfn < s.gfn + s.pages && s.gfn < gfn + pages;
            });
        };
        for (unsigned level = 1; level <= kLevels; ++level) {
            const unsigned shift = bits_ * (level - 1);
            const uint64_t pages = pages_of(static_cast<uint8_t>(level));
            v->sptes[level - 1].each(m.gfn >> shift, (m.gfn + m.pages + pages - 1) >> shift,
                                     [&](uint64_t index, SpteRecord& r) {
                                         if (!is_anothers(index << shift, pages)) r = {};
                                     });
        }
    }
    if (!slot) slot = &v->slots.emplace_back();
    const uint64_t since = slot->logging_since;
    *slot = {.id = m.slot,
             .gfn = m.gfn,
             .pages = m.pages,
             .hva = m.hva,
             .first_page = m.page,
             .flags = static_cast<uint32_t>(m.flags),
             .file = static_cast<uint16_t>(m.file),
             .mover = moves ? e.pid : 0};
    if (slot->flags & KVM_MEM_LOG_DIRTY_PAGES) slot->logging_since = since ? since : e.order;
}

void Ledger::folio(const Event& e) {
    const FolioEvent& f = e.folio;
    if (!f.file || f.file >= files_.size()) return;
    uint64_t FilePage::* last = nullptr;
    if (f.op == MMUWITNESS_FOLIO_MKCLEAN_BEGIN) last = &FilePage::mkclean_begin;
    if (f.op == MMUWITNESS_FOLIO_MKCLEAN_END) last = &FilePage::mkclean_end;
    if (f.op == MMUWITNESS_FOLIO_DIRTIED) last = &FilePage::dirtied;
    if (!last) return;
    for (uint64_t i = 0; i < f.pages; ++i) files_[f.file][f.index + i].*last = e.order;
}

void Ledger::fault(const Event& e) {
    VmRecord* v = touch(e.fault.vm);
    if (!v || e.fault.vcpu < 0) return;
    FaultAttempt& f = v->faults[e.fault.vcpu];
    switch (e.fault.phase) {
        case MMUWITNESS_FAULT_BEGIN:
            f = {.begin = e.order, .write = e.fault.write != 0};
            break;
        case MMUWITNESS_FAULT_END:
            f = {};
            break;
        case MMUWITNESS_FAULT_RETRY:
            f.pfn_order = 0;
            break;
        case MMUWITNESS_FAULT_PFN:
            // The snapshot of mmu_invalidate_seq is older than the first look-up of the
            // attempt; a second one (without FOLL_NOWAIT) follows on the same snapshot.
            if (f.begin && f.pfn_order && f.pfn_gfn == e.fault.gfn) break;
            f.pfn_order = e.order;
            f.pfn_gfn = e.fault.gfn;
            f.pfn_inv_seq = e.fault.inv_seq;
            break;
        default:
            break;
    }
}

void Ledger::flush(const Event& e) {
    const TlbFlushEvent& f = e.tlb_flush;
    VmRecord* v = touch(f.vm);
    Task& t = task_of(e.pid);
    if (f.phase == MMUWITNESS_FLUSH_REQUEST || f.phase == MMUWITNESS_FLUSH_ROOTS_REQUEST)
        t.flush_request = e.order;
    if (!v) return;
    if (f.phase == MMUWITNESS_FLUSH_ROOTS_DONE)
        v->reloaded = std::max(v->reloaded, t.flush_request);
    if (f.phase != MMUWITNESS_FLUSH_DONE) return;
    if (!f.pages) {
        v->flushed = std::max(v->flushed, t.flush_request);
        return;
    }
    // A block goes with any address in it.
    for (unsigned level = 1; level <= kLevels; ++level) {
        const unsigned shift = bits_ * (level - 1);
        v->sptes[level - 1].each(
            f.gfn >> shift, ((f.gfn + f.pages - 1) >> shift) + 1,
            [&](uint64_t, SpteRecord& r) { r.flushed = std::max(r.flushed, t.flush_request); });
    }
}

void Ledger::apply(const Event& e) {
    switch (e.kind) {
        case Kind::spte:
            spte(e);
            break;
        case Kind::folio:
            folio(e);
            break;
        case Kind::fault:
            fault(e);
            break;
        case Kind::notifier: {
            Task& t = task_of(e.pid);
            if (e.notifier.phase == MMUWITNESS_START_BEFORE_KVM) {
                t.notifier_begin = e.order;
                t.notifier_start = e.notifier.start;
                t.notifier_end = e.notifier.end;
            } else if (e.notifier.phase != MMUWITNESS_START_AFTER_KVM) {
                t.notifier_begin = 0;
            }
            break;
        }
        case Kind::vm_ioctl: {
            Task& t = task_of(e.pid);
            VmRecord* v = touch(e.vm_ioctl.vm);
            const bool begin = e.vm_ioctl.phase == MMUWITNESS_BEGIN;
            t.ioctl_begin = begin ? e.order : 0;
            t.ioctl = e.vm_ioctl.cmd;
            t.ioctl_vm = e.vm_ioctl.vm;
            // One that began before anybody looked has an end only.
            const auto count = [begin](unsigned& n) {
                if (begin)
                    ++n;
                else if (n)
                    --n;
            };
            if (v) count(v->ioctls);
            if (v && is_memslot_ioctl(e.vm_ioctl.cmd)) {
                count(v->region_ioctls);
                if (!begin) {
                    v->last_region_end = e.order;
                    for (Slot& slot : v->slots)
                        if (slot.mover == e.pid) {
                            slot.mover = 0;
                            slot.moved = e.order;
                        }
                }
            }
            break;
        }
        case Kind::tlb_flush:
            flush(e);
            break;
        case Kind::ring:
            if (VmRecord* v = touch(e.ring.vm)) v->ring = true;
            break;
        case Kind::mark:
            if (const auto m = mark_of<mark::Memslot>(e)) memslot(e, *m);
            if (mark_of<mark::Trial>(e)) ++trials_;
            break;
        case Kind::log_mark:
            touch(e.log_mark.vm);
            break;
        case Kind::vcpu_run:
            touch(e.vcpu_run.vm);
            break;
        default:
            break;
    }
}

}  // namespace mmuw
