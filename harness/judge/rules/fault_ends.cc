// SPDX-License-Identifier: GPL-2.0-only
// fault-ends: a vCPU does not meet one page fault again and again with nothing changed.
#include <format>
#include <map>
#include <unordered_map>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

// Far more than KVM needs: a fault that finds nobody else at work is over at its first time, or at
// its second if the fast path has taken the first.
constexpr unsigned kMany = 64;

class FaultEnds : public Rule {
  public:
    void on(const Event& e, const Ledger& ledger, Findings& found) override {
        switch (e.kind) {
            case Kind::fault:
                if (e.fault.phase == MMUWITNESS_FAULT_BEGIN ||
                    e.fault.phase == MMUWITNESS_FAULT_RETRY)
                    met(e, ledger, found);
                break;
            case Kind::spte:
                changed(e.spte.vm, e.pid);
                break;
            case Kind::vcpu_run:
                if (e.vcpu_run.phase == MMUWITNESS_BEGIN)
                    faults_[e.vcpu_run.vm][e.vcpu_run.vcpu] = {};
                else
                    faults_[e.vcpu_run.vm].erase(e.vcpu_run.vcpu);
                break;
            case Kind::vm_ioctl:
                changed(e.vm_ioctl.vm, e.pid);
                break;
            case Kind::young:
                changed(e.young.vm, e.pid);
                break;
            default:
                break;
        }
    }

  private:
    struct Fault {
        int32_t pid = 0;
        std::uint64_t gfn = 0, sequence = 0;
        bool write = false;
        unsigned same = 0;  // times that it was met, one after the other
    };
    // By somebody else: what his change was is not asked.
    void changed(std::uint16_t vm, int32_t pid) {
        for (auto& [vcpu, fault] : faults_[vm])
            if (fault.pid != pid) fault.same = 0;
    }

    // Others who are at work may hold an SPTE frozen, for as long as nobody lets them run.
    static bool alone(const FaultEvent& f, const Ledger& ledger) {
        const VmRecord* v = ledger.vm(f.vm);
        if (!v || v->ioctls || f.inv_in_progress) return false;
        for (const auto& [vcpu, attempt] : v->faults)
            if (vcpu != f.vcpu && attempt.begin) return false;
        return true;
    }

    void met(const Event& e, const Ledger& ledger, Findings& found) {
        const FaultEvent& f = e.fault;
        if (f.vcpu < 0) return;
        for (const std::string_view hook : {"fault", "spte", "vcpu_run", "vm_ioctl"})
            if (!ledger.witnessed(hook)) return;
        // Elsewhere KVM emulates the access, which faults each time that it is made.
        if (const Slot* slot = ledger.slot_of(f.vm, f.gfn); !slot || slot->mover) return;
        // Who does not tell of KVM_RUN (the reference MMU) may have left it in between.
        const auto running = faults_[f.vm].find(f.vcpu);
        if (running == faults_[f.vm].end()) return;
        Fault& last = running->second;
        const bool again = last.pid == e.pid && last.gfn == f.gfn && last.sequence == f.inv_seq &&
                           last.write == (f.write != 0);
        if (!again || !alone(f, ledger)) last.same = 0;
        if (!again) found.checked();
        last.pid = e.pid;
        last.gfn = f.gfn;
        last.sequence = f.inv_seq;
        last.write = f.write != 0;
        if (++last.same != kMany + 1) return;
        found.violation(
            {.vm = f.vm, .gfn = f.gfn},
            std::format("vm {} gfn {:#x}: vCPU {} met the same {} fault {} times at "
                        "mmu_invalidate_seq {}, with nobody else at work",
                        f.vm, f.gfn, f.vcpu, f.write ? "write" : "read", last.same, f.inv_seq));
    }

    // Of the vCPUs that are in KVM_RUN, by VM and vCPU: the last one.
    std::unordered_map<std::uint16_t, std::map<int, Fault>> faults_;
};

}  // namespace

const RuleInfo fault_ends_rule = {
    .id = "fault-ends",
    .statement = "a vCPU does not meet one page fault again and again with nothing changed",
    .tolerates = "false negatives: while another vCPU, an ioctl or an invalidation is at work",
    .origin = "all",
    .hooks = {"fault", "spte", "vcpu_run", "vm_ioctl"},
    .events = kinds(Kind::fault, Kind::spte, Kind::vcpu_run, Kind::vm_ioctl, Kind::young),
    .make = make_rule<FaultEnds>,
};

}  // namespace mmuw
