// SPDX-License-Identifier: GPL-2.0-only
// log-complete: no guest write is missing from the dirty log.
#include <linux/kvm.h>

#include <algorithm>
#include <map>
#include <vector>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class LogComplete : public Rule {
  public:
    void on(const Event& e, const Ledger& ledger, Findings& found) override {
        switch (e.kind) {
            case Kind::mark:
                mark(e, found);
                break;
            case Kind::fault:
                fault(e, ledger, found);
                break;
            case Kind::spte:
                spte(e, ledger);
                break;
            case Kind::log_mark:
                if (Fault* f = in_fault(e.log_mark.vm, e.log_mark.vcpu); f && e.log_mark.logging)
                    f->marked.push_back(e.log_mark.gfn);
                break;
            case Kind::ring:
                if (e.ring.op != MMUWITNESS_RING_PUSH) break;
                if (Fault* f = in_fault(e.ring.vm, e.ring.vcpu))
                    if (const Slot* s = ledger.slot_by_id(e.ring.vm, e.ring.slot))
                        f->pushed.push_back(s->gfn + e.ring.offset);
                break;
            default:
                break;
        }
    }

  private:
    using Key = std::pair<uint16_t, uint64_t>;  // vm, slot or vcpu

    // ---- end to end: what the guest wrote against what the log said

    struct Log {
        bool collecting = false;
        uint32_t collection = 1;
        Chunked<uint32_t> logged;      // number of the last collection that had the gfn
        std::vector<uint64_t> due;     // written before the collection began
        std::vector<uint64_t> during;  // told while it was under way
        Chunked<uint32_t> told;        // collection + 1: already in one of the two
    };

    void mark(const Event& e, Findings& found) {
        const uint16_t vm = e.mark.vm;
        visit_mark(
            e.mark,
            Overloaded{
                [&](const mark::Wrote& m) { wrote(logs_[{vm, m.slot}], m.gfn); },
                [&](const mark::CollectBegin& m) { logs_[{vm, m.slot}].collecting = true; },
                [&](const mark::Logged& m) { logged(logs_[{vm, m.slot}], m); },
                [&](const mark::CollectEnd& m) { collected(vm, logs_[{vm, m.slot}], found); },
                [&](const mark::Copy& m) { copied(vm, m, found); },
                [&](const mark::VmmLogged& m) { vmm_logged(vm, m, found); },
                [&](const mark::Memslot& m) {
                    // Without a log there is nothing to be in.
                    if (!(m.flags & KVM_MEM_LOG_DIRTY_PAGES) || m.pages == 0)
                        logs_.erase({vm, m.slot});
                },
            });
    }

    static void wrote(Log& log, uint64_t gfn) {
        uint32_t& told = log.told[gfn];
        if (told == 2 * log.collection + log.collecting) return;
        told = 2 * log.collection + log.collecting;
        (log.collecting ? log.during : log.due).push_back(gfn);
    }

    static void logged(Log& log, const mark::Logged& m) {
        for (unsigned bit = 0; bit < 64; ++bit)
            if (m.bits >> bit & 1) log.logged[m.gfn + bit] = log.collection;
    }

    static void copied(uint16_t vm, const mark::Copy& m, Findings& found) {
        found.checked();
        if (m.copy == m.memory) return;
        found.violation({.vm = vm, .gfn = m.gfn},
                        std::format("vm {} gfn {:#x} lane {}: the copy has stamp {}, guest memory "
                                    "{}",
                                    vm, m.gfn, m.lane, m.copy, m.memory),
                        Proof::marks);
    }

    static void vmm_logged(uint16_t vm, const mark::VmmLogged& m, Findings& found) {
        found.checked();
        if (m.logged != 0) return;
        found.violation({.vm = vm, .gfn = m.gfn},
                        std::format("vm {} gfn {:#x}: written since the VMM looked the last time, "
                                    "and not in the log that is kept beside KVM's",
                                    vm, m.gfn),
                        Proof::marks);
    }

    static void collected(uint16_t vm, Log& log, Findings& found) {
        const auto has = [&](uint64_t gfn) {
            const uint32_t* in = log.logged.find(gfn);
            return in && *in == log.collection;
        };
        for (const uint64_t gfn : log.due) {
            found.checked();
            if (has(gfn)) continue;
            found.violation(
                {.vm = vm, .gfn = gfn, .flushes = true},
                std::format("vm {} gfn {:#x}: written since the last collection, and not "
                            "in this one",
                            vm, gfn));
        }
        // Told while collecting: in this collection, or else due in the next.
        log.due.clear();
        std::ranges::copy_if(log.during, std::back_inserter(log.due),
                             [&](uint64_t gfn) { return !has(gfn); });
        log.during.clear();
        log.collecting = false;
        ++log.collection;
    }

    // ---- protocol: an SPTE becomes writable, the gfn is marked within the same fault

    struct Fault {
        uint64_t begin = 0;
        std::vector<uint64_t> marked, pushed;
        struct Need {
            uint64_t gfn, slot, since;
        };
        std::vector<Need> needs;
    };

    Fault* in_fault(uint16_t vm, int16_t vcpu) {
        if (vcpu < 0) return nullptr;
        const auto it = faults_.find({vm, static_cast<uint64_t>(vcpu)});
        return it != faults_.end() && it->second.begin ? &it->second : nullptr;
    }

    void fault(const Event& e, const Ledger& ledger, Findings& found) {
        if (e.fault.vcpu < 0) return;
        Fault& f = faults_[{e.fault.vm, static_cast<uint64_t>(e.fault.vcpu)}];
        if (e.fault.phase == MMUWITNESS_FAULT_END && f.begin) fault_end(e, f, ledger, found);
        if (e.fault.phase != MMUWITNESS_FAULT_BEGIN && e.fault.phase != MMUWITNESS_FAULT_END)
            return;
        f.begin = e.fault.phase == MMUWITNESS_FAULT_BEGIN ? e.order : 0;
        f.marked.clear();
        f.pushed.clear();
        f.needs.clear();
    }

    void spte(const Event& e, const Ledger& ledger) {
        const SpteEvent& s = e.spte;
        constexpr uint8_t writable =
            MMUWITNESS_SPTE_PRESENT | MMUWITNESS_SPTE_LEAF | MMUWITNESS_SPTE_WRITABLE;
        if ((s.bits_new & writable) != writable || (s.bits_old & writable) == writable) return;
        // Without its sources the protocol is not judged; what the marks say still is.
        if (!ledger.witnessed("fault") || !ledger.witnessed("log_mark")) return;
        if (s.level != 1) return;
        Fault* f = in_fault(s.vm, s.vcpu);
        const Slot* slot = ledger.slot_of(s.vm, s.gfn);
        // The log was on before the fault looked up its slot.
        if (f && slot && slot->logging_since && slot->logging_since < f->begin)
            f->needs.push_back({s.gfn, slot->id, slot->logging_since});
    }

    void fault_end(const Event& e, const Fault& f, const Ledger& ledger, Findings& found) {
        const VmRecord* v = ledger.vm(e.fault.vm);
        for (const auto& need : f.needs) {
            const Slot* slot = ledger.slot_by_id(e.fault.vm, need.slot);
            if (!slot || slot->logging_since != need.since) continue;  // switched off meanwhile
            found.checked();
            const Subject subject{.vm = e.fault.vm, .gfn = need.gfn};
            if (!std::ranges::contains(f.marked, need.gfn))
                found.violation(subject,
                                std::format("vm {} gfn {:#x}: SPTE became writable without "
                                            "mark_page_dirty_in_slot()",
                                            e.fault.vm, need.gfn));
            else if (v && v->ring && ledger.witnessed("ring_push") &&
                     !std::ranges::contains(f.pushed, need.gfn))
                found.violation(subject,
                                std::format("vm {} gfn {:#x}: marked, but not pushed to the "
                                            "dirty ring",
                                            e.fault.vm, need.gfn));
        }
    }

    std::map<Key, Log> logs_;
    std::map<Key, Fault> faults_;
};

}  // namespace

const RuleInfo log_complete_rule = {
    .id = "log-complete",
    .statement =
        "no guest write is missing from the dirty log, whichever of KVM's three logs, nor from "
        "the VMM's own, and no write of a vhost device from its log",
    .tolerates = "a write told while a collection is under way may be in that one or the next",
    .origin = "001, 002",
    .hooks = {},
    .events = kinds(Kind::mark, Kind::fault, Kind::spte, Kind::log_mark, Kind::ring),
    .make = make_rule<LogComplete>,
    .end_to_end = true,
};

}  // namespace mmuw
