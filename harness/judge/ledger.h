// SPDX-License-Identifier: GPL-2.0-only
// The ledger: what the events so far say about pages, VMs and tasks. One per scenario.
// Memory grows with the pages touched, not with the events.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "judge/chunked.h"
#include "judge/spte.h"
#include "trace/marks.h"

namespace mmuw {

inline constexpr unsigned kLevels = 3;  // of leaf SPTEs: 4K, 2M, 1G on x86

// Leaf SPTEs of one gfn and level. A count, since a gfn may have one in each of several
// roots (an invalidated root is zapped while its successor fills,
// kvm_tdp_mmu_invalidate_all_roots()), and since under the read side of mmu_lock two
// changes of one SPTE may be traced in the other order.
// It may go below zero: SPTEs from before the VM was witnessed are zapped, too. Then one is
// missed later, which costs a check and raises no alarm.
struct SpteRecord {
    int16_t present = 0;
    int16_t writable = 0;
    // Of the newest change: MMUWITNESS_SPTE_* of the new SPTE, and of what the one before it
    // had left. Hardware may have set A and D since, and nothing else changes without a trace.
    uint8_t bits = 0, bits_before = 0;
    // The newest change began where the one before it ended. If not, two changes were traced in
    // the other order, or there are two roots: what the SPTE is now is not known.
    bool certain = false, certain_before = false;
    uint64_t value = 0;
    uint64_t pfn = 0;      // of the newest change, 0: not known
    uint64_t flushed = 0;  // order of the newest complete flush request for a range with it

    // It is there, and has all of these bits for certain.
    bool has(uint8_t mask) const { return present == 1 && certain && (bits & mask) == mask; }
    // The one that is there leads to `pfn`: in one root, and not only for what is known to be gone.
    bool leads_somewhere() const { return present == 1 && pfn != 0; }
};

struct Slot {
    uint64_t id = 0, gfn = 0, pages = 0, hva = 0, first_page = 0;
    uint32_t flags = 0;
    uint16_t file = 0;
    uint64_t logging_since = 0;  // order of the mark that switched the log on, 0: off
    int32_t mover = 0;   // the task that has said where it shall be: until its ioctl has ended
                         // KVM may have it at either place, and nobody knows at which
    uint64_t moved = 0;  // order of the last move's end

    bool has(uint64_t g) const { return g - gfn < pages; }
};

struct FaultAttempt {
    uint64_t begin = 0;      // order of FAULT_BEGIN, 0: not in a fault
    bool write = false;      // it is one by a write
    uint64_t pfn_order = 0;  // of the first pfn look-up of this attempt, 0: none yet
    uint64_t pfn_gfn = 0, pfn_inv_seq = 0;
};

struct VmRecord {
    bool seen = false;
    std::array<Chunked<SpteRecord>, kLevels> sptes;  // by gfn >> bits of the level
    std::vector<Slot> slots;
    std::unordered_map<int, FaultAttempt> faults;  // by vcpu
    // Order of the newest flush request for all of the VM that is known to be complete.
    uint64_t flushed = 0;
    // The same of a request to load another root, which makes each vCPU flush.
    uint64_t reloaded = 0;
    bool ring = false;             // a dirty ring was seen
    unsigned ioctls = 0;           // of the VM, in progress
    unsigned region_ioctls = 0;    // memslot changes among them
    uint64_t last_region_end = 0;  // order
};

struct FilePage {
    uint64_t mkclean_begin = 0, mkclean_end = 0;  // orders of the last ones
    uint64_t installed = 0;                       // of the last SPTE installed for it
    uint64_t dirtied = 0;                         // the folio became dirty, with its tag
};

struct Task {
    // KVM's part of invalidate_range_start: between START_BEFORE_KVM and START_AFTER_KVM
    uint64_t notifier_begin = 0;  // order, 0: not in it
    uint64_t notifier_start = 0, notifier_end = 0;
    // VM ioctl
    uint64_t ioctl_begin = 0;  // order, 0: not in one
    uint32_t ioctl = 0;
    uint16_t ioctl_vm = 0;
    uint64_t flush_request = 0;  // order of the request it is in, of either kind
};

class Ledger {
  public:
    void apply(const Event& e);

    // nullptr: never seen in this scenario (or id out of range)
    const VmRecord* vm(uint16_t id) const;
    const Slot* slot_of(uint16_t vm, uint64_t gfn) const;
    const Slot* slot_by_id(uint16_t vm, uint64_t id) const;
    const Task* task(int32_t pid) const;
    const FilePage* file_page(uint16_t file, uint64_t page) const;

    // Is there a leaf SPTE for this gfn, of any level?
    bool spte_present(uint16_t vm, uint64_t gfn) const;
    bool spte_writable(uint16_t vm, uint64_t gfn) const;
    // Is there one for this page of the file, in any witnessed VM?
    bool page_present(uint16_t file, uint64_t page) const;
    const SpteRecord* spte(uint16_t vm, uint64_t gfn, unsigned level) const;
    // Order of the newest flush request that concerns this leaf SPTE and is known to be complete.
    uint64_t flushed(uint16_t vm, uint64_t gfn, unsigned level) const;
    // f(gfn, pages, record) for each leaf SPTE present that touches gfns [begin, end).
    template <typename F>
    void each_present(uint16_t vm, uint64_t begin, uint64_t end, F&& f) const;
    // f(vm, first gfn, end gfn) for each memslot that host virtual addresses [start, end) touch,
    // but for those that are being moved.
    template <typename F>
    void each_range(uint64_t start, uint64_t end, F&& f) const;

    struct Place {
        uint16_t vm;
        uint64_t gfn;
        uint64_t hva;
    };
    // Likewise without memslots that are being moved.
    std::vector<Place> places_of(uint16_t file, uint64_t page) const;

    // Small pages that a leaf of this level maps. Levels come from the stream: bounded.
    uint64_t pages_of(unsigned level) const {
        return uint64_t{1} << (bits_ * (std::clamp(level, 1u, kLevels) - 1));
    }
    // Does a hook of this name give events in this scenario? (NOTE_HOOK)
    bool witnessed(std::string_view hook) const { return hooks_.contains(hook); }
    void add_hook(std::string_view hook) { hooks_.emplace(hook); }

    // Repetitions that the scenario has completed.
    uint64_t trials() const { return trials_; }

    uint64_t page_size() const { return page_size_; }
    void set_page_size(uint64_t bytes);
    // Of the recording, as uname -m; empty: an older one, of x86_64.
    const std::string& machine() const { return machine_; }
    void set_machine(std::string_view machine);
    // "reference:...", or KVM's; after the machine.
    void set_mmu(std::string_view mmu);

  private:
    template <typename F>
    bool any_level(uint16_t vm, uint64_t gfn, F&& f) const;
    void spte(const Event& e);
    void memslot(const Event& e, const mark::Memslot& m);
    void folio(const Event& e);
    void fault(const Event& e);
    void flush(const Event& e);
    VmRecord* touch(uint16_t id);
    Task& task_of(int32_t pid);

    std::array<VmRecord, MMUWITNESS_MAX_VMS + 1> vms_;
    std::array<Chunked<FilePage>, MMUWITNESS_MAX_FILES + 1> files_;
    std::unordered_map<int32_t, Task> tasks_;
    std::set<std::string, std::less<>> hooks_;
    uint64_t trials_ = 0;
    uint64_t page_size_ = 4096;
    std::string machine_;
    uint64_t hardware_ = 0x360;  // bits of an SPTE that hardware sets
    unsigned bits_ = 9;          // address bits per level of page table
};

template <typename F>
void Ledger::each_present(uint16_t id, uint64_t begin, uint64_t end, F&& f) const {
    if (id >= vms_.size()) return;
    for (unsigned level = 1; level <= kLevels; ++level) {
        const unsigned shift = bits_ * (level - 1);
        if (begin >= end) return;
        vms_[id].sptes[level - 1].each(begin >> shift, ((end - 1) >> shift) + 1,
                                       [&](uint64_t at, const SpteRecord& r) {
                                           if (r.present > 0) f(at << shift, pages_of(level), r);
                                       });
    }
}

template <typename F>
void Ledger::each_range(uint64_t start, uint64_t end, F&& f) const {
    for (uint16_t id = 1; id <= MMUWITNESS_MAX_VMS; ++id)
        for (const Slot& s : vms_[id].slots) {
            const uint64_t from = std::max(start, s.hva);
            const uint64_t to = std::min(end, s.hva + s.pages * page_size_);
            if (from >= to || s.mover) continue;
            // kvm_handle_hva_range(): every gfn that the range touches, clipped to the slot.
            f(id, s.gfn + (from - s.hva) / page_size_,
              s.gfn + (to - s.hva + page_size_ - 1) / page_size_);
        }
}

}  // namespace mmuw
