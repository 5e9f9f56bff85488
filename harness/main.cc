// SPDX-License-Identifier: GPL-2.0-only
#include <functional>
#include <iostream>
#include <map>
#include <print>

#include "cli/commands.h"

namespace {

constexpr const char* kUsageText =
    "usage: mmuwitness COMMAND ...\n"
    "  run            run scenarios on this machine's KVM and judge them\n"
    "  list           list scenarios (--rules, --plants, --reports, ...: those)\n"
    "  explain RULE   what a rule says, why, and what breaks it\n"
    "  judge FILE     judge a recording (trace.dat, marks.txt) again\n"
    "  report RECORDS  a run's record in another form: text, ktap, junit\n"
    "  merge RECORDS...  records of several runs side by side; shares of one run as one\n"
    "  doctor         what this machine can and cannot witness, and what to do about it\n"
    "  bench          what being witnessed costs a guest\n"
    "  selftest       plant every known fault, and see that it is noticed\n"
    "  hammer         everything very often, and nothing is left of it in the kernel\n"
    "  plant NAME -- COMMAND ...  run COMMAND on a kernel broken for every VM\n"
    "  compare RUNS   mmuwitness beside the kernel's own selftests, of runs by scripts/compare\n"
    "mmuwitness COMMAND --help has the options. Exit status: 0 pass, 1 fail or inconclusive,\n"
    "2 cannot start, 4 skip.\n";

}  // namespace

int main(int argc, char** argv) {
    using namespace mmuw;
    const std::map<std::string, std::function<int(const Words&)>> commands = {
        {"run", run_command},           {"list", list_command},     {"explain", explain_command},
        {"judge", judge_command},       {"doctor", doctor_command}, {"bench", bench_command},
        {"selftest", selftest_command}, {"plant", plant_command},   {"hammer", hammer_command},
        {"compare", compare_command},   {"merge", merge_command},   {"report", report_command},
    };
    if (argc < 2 || argv[1] == std::string("--help")) {
        std::print(argc < 2 ? stderr : stdout, "{}", kUsageText);
        return argc < 2 ? kUsage : kPass;
    }
    const auto command = commands.find(argv[1]);
    if (command == commands.end()) {
        std::println(stderr, "mmuwitness: unknown command '{}': see mmuwitness --help", argv[1]);
        return kUsage;
    }
    try {
        return command->second(Words(argv + 2, argv + argc));
    } catch (const Exit& error) {
        std::println(stderr, "mmuwitness: {}", error.what());
        return error.status;
    } catch (const std::exception& error) {
        std::println(stderr, "mmuwitness: {}", error.what());
        return kUsage;
    }
}
