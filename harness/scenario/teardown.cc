// SPDX-License-Identifier: GPL-2.0-only
#include "scenario/teardown.h"

#include <format>
#include <fstream>

namespace mmuw {

namespace {

// Our own descriptor of the device is one reference, each probe of the tracing core none.
std::uint64_t module_references_of_others() {
    std::uint64_t references = 1;
    std::ifstream("/sys/module/mmuwitness/refcnt") >> references;
    return references - 1;
}

}  // namespace

void run_teardown_scenario(RunContext& run, ScratchFs& scratch) {
    run.begin("Teardown.NothingIsLeft", 0, "");
    run.device.note(MMUWITNESS_NOTE_RULE, "nothing-left");
    if (scratch.mounted())
        run.device.mark(MMUWITNESS_MARK_LEFT, 0,
                        {MMUWITNESS_LEFT_MOUNT, static_cast<std::uint64_t>(scratch.unmount())});
    run.device.mark(MMUWITNESS_MARK_LEFT, 0,
                    {MMUWITNESS_LEFT_MODULE, module_references_of_others()});
    run.end("trials=1 hits=1 status=done why=");
}

}  // namespace mmuw
