// SPDX-License-Identifier: GPL-2.0-only
// A tracing tool that runs beside the benchmark.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/fd.h"

namespace mmuw {

class Tool {
  public:
    // words[0] is the program's path: NotHere if there is none. With a file, that gets what it
    // prints to stdout.
    explicit Tool(const std::vector<std::string>& words, const std::string& file = "");
    ~Tool();
    Tool(const Tool&) = delete;
    Tool& operator=(const Tool&) = delete;

    // Waits a moment. std::runtime_error with what it has printed if it has ended or the time is
    // over.
    void wait_running(std::chrono::steady_clock::time_point until);
    // SIGINT, as Ctrl-C; everything else that it printed.
    std::string interrupt();

  private:
    bool read_some(std::chrono::milliseconds most);

    std::string name_;
    pid_t pid_ = -1;
    Fd out_;
    std::string printed_;
};

}  // namespace mmuw
