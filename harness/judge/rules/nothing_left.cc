// SPDX-License-Identifier: GPL-2.0-only
// nothing-left: after teardown no reference, no pinned page; unmount and unload succeed.
#include "judge/rules/rules.h"
#include "trace/symbols.h"

namespace mmuw {
namespace {

class NothingLeft : public Rule {
  public:
    void on(const Event& e, const Ledger&, Findings& found) override {
        const auto left = mark_of<mark::Left>(e);
        if (!left) return;
        found.checked();
        if (!left->count) return;
        std::string_view what = "something";
        for (const Symbol& s : symbols::left)
            if (s.value == left->what) what = s.name;
        if (left->what == MMUWITNESS_LEFT_MOUNT)
            found.violation(
                {}, std::format("unmount failed: {}", std::strerror(static_cast<int>(left->count))),
                Proof::marks);
        else
            found.violation({}, std::format("left after teardown: {} {}", left->count, what),
                            Proof::marks);
    }
};

}  // namespace

const RuleInfo nothing_left_rule = {
    .id = "nothing-left",
    .statement = "after teardown: no reference to the module, no pinned page, and unmount succeeds",
    .tolerates = "nothing",
    .origin = "all",
    .hooks = {},
    .events = kinds(Kind::mark),
    .make = make_rule<NothingLeft>,
    .end_to_end = true,
    .everywhere = true,
};

}  // namespace mmuw
