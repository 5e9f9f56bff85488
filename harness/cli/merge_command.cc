// SPDX-License-Identifier: GPL-2.0-only
// mmuwitness merge: records of several runs, as one.
#include <unistd.h>

#include <filesystem>
#include <print>

#include "cli/commands.h"
#include "cli/gtest_runner.h"
#include "cli/options.h"
#include "cli/version.h"
#include "report/merge.h"

namespace mmuw {

namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;

void write(const fs::path& file, const std::string& text) {
    if (const auto written = write_file(file, text); !written)
        throw Exit(kUsage, std::format("merge: {}", written.error()));
}

// One row is a record like that of a run; several are in a directory each.
void write_rows(const fs::path& out, const std::vector<Row>& rows) {
    for (std::size_t i = 0; i < rows.size(); i++) {
        const Row& row = rows[i];
        const fs::path directory = rows.size() == 1 ? out : out / std::to_string(i + 1);
        std::error_code error;
        fs::create_directories(directory, error);
        write(directory / "verdict.json", verdict_json(row.result, row.host, row.tool));
        write(directory / "results.ktap", ktap(row.result));
        write(directory / "junit.xml", junit(row.result, row.host));
    }
    write(out / "rows.json", rows_json(rows, kTool));
}

}  // namespace

int merge_command(const Words& words) {
    po::options_description options("options");
    auto add = options.add_options();
    add("records", po::value<Words>()->required()->composing(),
        "directories of runs, or their verdict.json");
    add("out", po::value<std::string>(),
        "directory for rows.json, and verdict.json, results.ktap and junit.xml of each row");
    const auto values = parse_options(words, "merge RECORDS...", options, "records", -1);
    std::vector<NamedRecord> records;
    for (const std::string& path : values["records"].as<Words>()) {
        auto record = read_verdict(path);
        if (!record) throw Exit(kUsage, std::format("merge: {}", record.error()));
        records.push_back({.from = path, .record = std::move(*record)});
    }
    const auto rows = merge(std::move(records), scenario_names());
    if (!rows) throw Exit(kUsage, std::format("merge: {}", rows.error()));
    if (values.contains("out")) write_rows(values["out"].as<std::string>(), *rows);
    std::print("{}", rows->size() == 1 ? table(rows->front().result, wants_colour(STDOUT_FILENO))
                                       : rows_table(*rows));
    return exit_status(*rows);
}

}  // namespace mmuw
