// SPDX-License-Identifier: GPL-2.0-only
// refused: KVM does nothing that its API has it refuse.
#include <algorithm>
#include <format>

#include "judge/rules/rules.h"
#include "trace/symbols.h"

namespace mmuw {
namespace {

class Refused : public Rule {
  public:
    void on(const Event& e, const State&, Findings& found) override {
        const auto m = mark_of<mark::Answer>(e);
        if (!m) return;
        found.checked();
        if (m->answer != 0) return;
        const auto* const name = std::ranges::find(symbols::refusal, m->call, &Symbol::value);
        found.violation({.vm = e.mark.vm},
                        std::format("KVM did what it has to refuse: {}",
                                    name == std::end(symbols::refusal) ? "?" : name->name),
                        Proof::marks);
    }
};

}  // namespace

const RuleInfo refused_rule = {
    .id = "refused",
    .statement = "KVM refuses what its API has it refuse",
    .tolerates = "whatever error it says so with",
    .origin = "all",
    .hooks = {},
    .events = kinds(Kind::mark),
    .make = make_rule<Refused>,
    .end_to_end = true,
};

}  // namespace mmuw
