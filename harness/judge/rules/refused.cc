// SPDX-License-Identifier: GPL-2.0-only
// refused: KVM refuses what its API has it refuse, and nothing else.
#include <algorithm>
#include <cstring>
#include <format>
#include <span>
#include <string>

#include "judge/rules/rules.h"
#include "trace/symbols.h"

namespace mmuw {
namespace {

class Refused : public Rule {
  public:
    void on(const Event& e, const Ledger&, Findings& found) override {
        if (const auto m = mark_of<mark::Failed>(e))
            found.violation({.vm = e.mark.vm},
                            std::format("KVM refused what it has no reason to: {}, {}",
                                        name(symbols::kvm_ioctl, m->call),
                                        std::strerror(static_cast<int>(m->error))),
                            Proof::marks);
        const auto m = mark_of<mark::Answer>(e);
        if (!m) return;
        found.checked();
        if (m->answer == 0)
            found.violation(
                {.vm = e.mark.vm},
                std::format("KVM did what it has to refuse: {}", name(symbols::refusal, m->call)),
                Proof::marks);
    }

  private:
    static std::string name(std::span<const Symbol> symbols, std::uint64_t value) {
        const auto it = std::ranges::find(symbols, value, &Symbol::value);
        return it == symbols.end() ? std::format("{:#x}", value) : std::string(it->name);
    }
};

}  // namespace

const RuleInfo refused_rule = {
    .id = "refused",
    .statement = "KVM refuses what its API has it refuse, and nothing else",
    .tolerates = "whatever error it says so with",
    .origin = "all",
    .hooks = {},
    .events = kinds(Kind::mark),
    .make = make_rule<Refused>,
    .end_to_end = true,
};

}  // namespace mmuw
