// SPDX-License-Identifier: GPL-2.0-only
// A failed system call: what was called, with which arguments, and errno.
#pragma once

#include <cerrno>
#include <format>
#include <string>
#include <system_error>
#include <utility>

namespace mmuw {

// what() reads "CALL(ARGUMENTS): text of errno"; code().value() is errno.
class SysError : public std::system_error {
  public:
    SysError(int error, const std::string& call)
        : std::system_error(error, std::generic_category(), call) {}
};

template <class... Args>
[[noreturn]] void throw_errno(std::format_string<Args...> call, Args&&... args) {
    const int error = errno;
    throw SysError(error, std::format(call, std::forward<Args>(args)...));
}

}  // namespace mmuw
