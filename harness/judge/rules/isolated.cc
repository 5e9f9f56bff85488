// SPDX-License-Identifier: GPL-2.0-only
// isolated: who may see bytes sees them, and nobody else.
#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class Isolated : public Rule {
  public:
    void on(const Event& e, const Ledger&, Findings& found) override {
        if (const auto m = mark_of<mark::Seen>(e)) seen(e.mark.vm, *m, found);
        if (const auto m = mark_of<mark::Outside>(e)) outside(e.mark.vm, *m, found);
        if (const auto m = mark_of<mark::Backed>(e)) backed(e.mark.vm, *m, found);
    }

  private:
    static void seen(uint16_t vm, const mark::Seen& m, Findings& found) {
        found.checked();
        if (m.seen == m.expect) return;
        found.violation(
            {.vm = vm, .gfn = m.gfn},
            std::format("vm {} gfn {:#x} lane {}: {} sees stamp {} instead of {}", vm, m.gfn,
                        m.lane, m.side == MMUWITNESS_SIDE_HOST ? "the host" : "the guest", m.seen,
                        m.expect),
            Proof::marks);
    }

    static void outside(uint16_t vm, const mark::Outside& m, Findings& found) {
        found.checked();
        if (m.exits != 0) return;
        found.violation(
            {.vm = vm, .gfn = m.gfn},
            std::format(
                "vm {} gfn {:#x}: a guest write outside of any writable memslot did not exit", vm,
                m.gfn),
            Proof::marks);
    }

    static void backed(uint16_t vm, const mark::Backed& m, Findings& found) {
        found.checked();
        if (m.exits == 0) return;
        found.violation(
            {.vm = vm, .gfn = m.gfn},
            std::format("vm {} gfn {:#x}: {} guest accesses left as MMIO, though a memslot "
                        "was there all the time",
                        vm, m.gfn, m.exits),
            Proof::marks);
    }
};

}  // namespace

const RuleInfo isolated_rule = {
    .id = "isolated",
    .statement =
        "guest and host see what was written to memory that they share, whatever has happened to "
        "it in between, and nothing of memory that they do not share",
    .tolerates = "nothing",
    .origin = "001, 004",
    .hooks = {},
    .events = kinds(Kind::mark),
    .make = make_rule<Isolated>,
    .end_to_end = true,
};

}  // namespace mmuw
