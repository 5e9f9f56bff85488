// SPDX-License-Identifier: GPL-2.0-only
#include "run/teardown.h"

#include <format>
#include <fstream>
#include <optional>

namespace mmuw {

namespace {

std::optional<std::uint64_t> references(const char* module) {
    std::uint64_t count = 0;
    if (!(std::ifstream(std::format("/sys/module/{}/refcnt", module)) >> count)) return {};
    return count;
}

// Those of the modules that are ours: the session's of the witness, and of each module that rests
// on it (which holds the witness, too) what that one is used for: a plant by the session; the
// reference MMU by the session and by our descriptor of its device. Enabled events hold none.
// Nothing where the kernel does not say (without CONFIG_MODULE_UNLOAD).
std::optional<std::uint64_t> module_references_of_others(const RunContext& run) {
    const auto witness = references("mmuwitness");
    if (!witness) return {};
    const auto plants = references("mmuwitness_plants");
    const auto reference = references("mmuwitness_reference");
    const auto beyond = [](std::uint64_t count, std::uint64_t ours) {
        return count > ours ? count - ours : 0;
    };
    return beyond(*witness, 1 + (plants ? 1 : 0) + (reference ? 1 : 0)) +
           beyond(plants.value_or(0), run.options.plant.empty() ? 0 : 1) +
           beyond(reference.value_or(0), run.kvm.mmu().reference ? 2 : 0);
}

}  // namespace

void run_teardown_scenario(RunContext& run, ScratchFs& scratch) {
    run.begin("Teardown.NothingIsLeft", 0, "");
    run.witness.note(note::Rule{.name = "nothing-left"});
    if (scratch.mounted())
        run.witness.mark(0, mark::Left{.what = MMUWITNESS_LEFT_MOUNT,
                                       .count = static_cast<std::uint64_t>(scratch.unmount())});
    if (const auto references = run.module ? module_references_of_others(run) : std::nullopt)
        run.witness.mark(0, mark::Left{.what = MMUWITNESS_LEFT_MODULE, .count = *references});
    run.end({.trials = 1, .hits = 1});
}

}  // namespace mmuw
