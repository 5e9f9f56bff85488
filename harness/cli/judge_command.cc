// SPDX-License-Identifier: GPL-2.0-only
// mmuwitness judge: verdicts from a recording, on any machine.
#include <unistd.h>

#include <print>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/version.h"
#include "judge/judge.h"
#include "report/report.h"

namespace mmuw {

namespace po = boost::program_options;

int judge_command(const Words& words) {
    po::options_description options("options");
    auto add = options.add_options();
    add("file", po::value<std::string>()->required(),
        "the recording: trace.dat, or marks.txt of a run without the module");
    add("json", po::value<std::string>(), "write the verdict here, as verdict.json of a run");
    const auto values = parse_options(words, "judge RECORDING", options, "file");
    const auto result = judge_file(values["file"].as<std::string>());
    if (!result) throw Exit(kUsage, result.error());
    if (values.contains("json")) {
        const auto written = write_file(values["json"].as<std::string>(),
                                        verdict_json(*result, host_facts(*result), kTool));
        if (!written) throw Exit(kUsage, written.error());
    }
    std::print("{}{}", table(*result, wants_colour(STDOUT_FILENO)), histogram(*result));
    return exit_status(*result);
}

}  // namespace mmuw
