// SPDX-License-Identifier: GPL-2.0-only
#include "scenario/teardown.h"

#include <format>
#include <fstream>
#include <optional>

namespace mmuw {

namespace {

// Our own descriptor of the device is one reference, that of the reference MMU another; enabled
// events hold none. Nothing where the kernel does not say (without CONFIG_MODULE_UNLOAD).
std::optional<std::uint64_t> module_references_of_others(const Mmu& mmu) {
    std::uint64_t references = 0;
    if (!(std::ifstream("/sys/module/mmuwitness/refcnt") >> references)) return {};
    return references - (mmu.reference ? 2 : 1);
}

}  // namespace

void run_teardown_scenario(RunContext& run, ScratchFs& scratch) {
    run.begin("Teardown.NothingIsLeft", 0, "");
    run.witness.note(MMUWITNESS_NOTE_RULE, "nothing-left");
    if (scratch.mounted())
        run.witness.mark(MMUWITNESS_MARK_LEFT, 0,
                         {MMUWITNESS_LEFT_MOUNT, static_cast<std::uint64_t>(scratch.unmount())});
    if (const auto references =
            run.module ? module_references_of_others(run.kvm.mmu()) : std::nullopt)
        run.witness.mark(MMUWITNESS_MARK_LEFT, 0, {MMUWITNESS_LEFT_MODULE, *references});
    run.end("trials=1 hits=1 status=done why=");
}

}  // namespace mmuw
