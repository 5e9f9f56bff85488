// SPDX-License-Identifier: GPL-2.0-only
// mmuwitness compare: the kernel's own KVM selftests beside mmuwitness, of runs that
// scripts/compare has made.
#include <fstream>
#include <iterator>
#include <print>

#include "cli/commands.h"
#include "cli/options.h"
#include "report/report.h"
#include "selftest/compare.h"

namespace mmuw {

namespace po = boost::program_options;

int compare_command(const Words& words) {
    po::options_description options("options");
    auto add = options.add_options();
    add("file", po::value<std::string>()->required(), "what was run: a line each");
    add("json", po::value<std::string>(), "write the comparison here, too");
    const auto values = parse_options(words, "compare RUNS", options, "file");
    const auto file = values["file"].as<std::string>();
    std::ifstream in(file);
    const std::string lines{std::istreambuf_iterator<char>(in), {}};
    if (!in) throw Exit(kUsage, std::format("compare: cannot read {}", file));
    const auto comparison = parse_comparison(lines);
    if (!comparison) throw Exit(kUsage, std::format("compare: {}: {}", file, comparison.error()));
    if (values.contains("json")) {
        const auto written =
            write_file(values["json"].as<std::string>(), compare_json(*comparison));
        if (!written) throw Exit(kFail, std::format("compare: {}", written.error()));
    }
    std::print("{}", compare_table(*comparison));
    return what_is_wrong(*comparison).empty() ? kPass : kFail;
}

}  // namespace mmuw
