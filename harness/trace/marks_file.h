// SPDX-License-Identifier: GPL-2.0-only
// The recording of a run without the module: its marks and notes as lines of text (text.h), with a
// first line that says what it is and a last one that says how many there are.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/fd.h"
#include "trace/event.h"
#include "trace/result.h"

namespace mmuw {

class MarksFile {
  public:
    explicit MarksFile(std::string path) : path_(std::move(path)) {}
    ~MarksFile();  // an unfinished file is removed
    MarksFile(const MarksFile&) = delete;
    MarksFile& operator=(const MarksFile&) = delete;

    // Events in their order. An error is kept for finish().
    void add(const Event& e);
    Result<void> finish();

  private:
    void flush();

    std::string path_, buffer_, error_;
    Fd file_;
    std::uint64_t count_ = 0;
};

bool is_marks_file(const std::string& path);
// The error is one line that names the file.
Result<void> read_marks(const std::string& path, const std::function<void(const Event&)>& sink);

}  // namespace mmuw
