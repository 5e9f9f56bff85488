// SPDX-License-Identifier: GPL-2.0-only
// mmuwitness report: a run's record in the form that somebody else reads.
#include <unistd.h>

#include <functional>
#include <map>
#include <print>

#include "cli/commands.h"
#include "cli/options.h"
#include "report/read_verdict.h"

namespace mmuw {

namespace po = boost::program_options;

int report_command(const Words& words) {
    const std::map<std::string, std::function<std::string(const Record&)>> formats = {
        {"text", [](const Record& r) { return table(r.result, wants_colour(STDOUT_FILENO)); }},
        {"ktap", [](const Record& r) { return ktap(r.result); }},
        {"junit", [](const Record& r) { return junit(r.result, r.host); }},
    };
    po::options_description options("options");
    auto add = options.add_options();
    add("records", po::value<std::string>()->required(),
        "the run's directory, or its verdict.json");
    add("format", po::value<std::string>()->default_value("text"), "text, ktap or junit");
    const auto values = parse_options(words, "report RECORDS", options, "records");
    const auto name = values["format"].as<std::string>();
    const auto format = formats.find(name);
    if (format == formats.end())
        throw Exit(kUsage, std::format("report: unknown format '{}': text, ktap or junit", name));
    const auto record = read_verdict(values["records"].as<std::string>());
    if (!record) throw Exit(kUsage, std::format("report: {}", record.error()));
    std::print("{}", format->second(*record));
    return kPass;
}

}  // namespace mmuw
