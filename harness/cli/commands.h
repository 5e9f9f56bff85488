// SPDX-License-Identifier: GPL-2.0-only
// The commands of mmuwitness. Each takes the words after its name and returns the exit status.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace mmuw {

using Words = std::vector<std::string>;

int run_command(const Words& words);
int list_command(const Words& words);
int explain_command(const Words& words);
int judge_command(const Words& words);
int doctor_command(const Words& words);
int bench_command(const Words& words);
int selftest_command(const Words& words);
int plant_command(const Words& words);
int hammer_command(const Words& words);
int compare_command(const Words& words);
int merge_command(const Words& words);
int report_command(const Words& words);

// kselftest's exit codes; anything that could not be started is 2, as with other Unix tools.
inline constexpr int kPass = 0;
inline constexpr int kFail = 1;
inline constexpr int kUsage = 2;
inline constexpr int kSkip = 4;

// Ends the program with one line on stderr and this status.
class Exit : public std::runtime_error {
  public:
    Exit(int status, const std::string& line) : std::runtime_error(line), status(status) {}
    int status;
};

}  // namespace mmuw
