// SPDX-License-Identifier: GPL-2.0-only
#include "trace/marks_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "trace/text.h"

namespace mmuw {
namespace {

constexpr std::string_view kFirst = "# mmuwitness marks 1";
constexpr std::size_t kBuffer = 65536;

std::string last_line(std::uint64_t events) {
    return std::format("# end: {} events\n", events);
}

}  // namespace

MarksFile::~MarksFile() {
    if (file_) unlink(path_.c_str());
}

void MarksFile::add(const Event& e) {
    if (!file_ && error_.empty()) {
        file_ = Fd(open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
        if (!file_) error_ = errno_error("open", path_).error();
        buffer_ = std::format("{}\n", kFirst);
    }
    ++count_;
    std::format_to(std::back_inserter(buffer_), "{} ns={}\n", to_line(e), e.ns);
    if (buffer_.size() > kBuffer) flush();
}

void MarksFile::flush() {
    for (std::size_t done = 0; error_.empty() && done < buffer_.size();) {
        const ssize_t n = write(file_.get(), buffer_.data() + done, buffer_.size() - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0)
            error_ = errno_error("write", path_).error();
        else
            done += static_cast<std::size_t>(n);
    }
    buffer_.clear();
}

Result<void> MarksFile::finish() {
    buffer_ += last_line(count_);
    flush();
    if (!error_.empty()) return error("{}", error_);
    file_.reset();
    return {};
}

bool is_marks_file(const std::string& path) {
    std::ifstream in(path);
    std::string line;
    return std::getline(in, line) && line == kFirst;
}

Result<void> read_marks(const std::string& path, const std::function<void(const Event&)>& sink) {
    std::ifstream in(path);
    std::uint64_t events = 0;
    const auto read = read_lines(in, [&](const Event& e) {
        ++events;
        sink(e);
    });
    if (!read) return error("{}: {}", path, read.error());
    const std::string end = last_line(events);
    std::string tail(end.size(), '\0');
    in.clear();
    in.seekg(-static_cast<std::streamoff>(end.size()), std::ios::end);
    if (!in.read(tail.data(), static_cast<std::streamsize>(tail.size())) || tail != end)
        return error("{}: truncated: its last line does not say that it ends after {} events", path,
                     events);
    return {};
}

}  // namespace mmuw
