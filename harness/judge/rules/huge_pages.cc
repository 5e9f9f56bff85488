// SPDX-License-Identifier: GPL-2.0-only
// huge-pages: what is logged is mapped in small pages, and in huge ones again when it is not.
#include <format>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class HugePages : public Rule {
  public:
    void on(const Event& e, const Ledger&, Findings& found) override {
        const auto m = mark_of<mark::HugeSptes>(e);
        if (!m) return;
        found.checked();
        const bool on = m->log == MMUWITNESS_LOG_ON;
        if (on ? m->found <= m->wanted : m->found >= m->wanted) return;
        found.violation({.vm = e.mark.vm},
                        std::format("vm {} slot {}: with the log {} KVM has {} huge SPTEs instead "
                                    "of {}",
                                    e.mark.vm, m->slot, on ? "on" : "off", m->found, m->wanted),
                        Proof::marks);
    }
};

}  // namespace

const RuleInfo huge_pages_rule = {
    .id = "huge-pages",
    .statement =
        "what is logged is mapped in small pages, and when the log is off, in huge pages "
        "again where it was",
    .tolerates = "nothing",
    .origin = "all",
    .hooks = {},
    .events = kinds(Kind::mark),
    .make = make_rule<HugePages>,
    .end_to_end = true,
};

}  // namespace mmuw
