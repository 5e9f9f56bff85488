// SPDX-License-Identifier: GPL-2.0-only
// Machine-wide settings that are put back, whatever becomes of this process.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/fd.h"

namespace mmuw {

// A child process holds the list of what to put back, and the other end of a pipe. It works through
// the list, newest first, when the pipe closes: at the end of this object, and just so when the
// process is killed (SIGKILL included). So the way back that is needed in an emergency is the one
// that is gone each time.
//
// Fork early, while there is one thread and nothing open that must not be inherited.
class MachineGuard {
  public:
    MachineGuard();
    ~MachineGuard();
    MachineGuard(const MachineGuard&) = delete;
    MachineGuard& operator=(const MachineGuard&) = delete;

    // Writes the value; what the file has now comes back in the end. Of a file that lists its
    // choices ("always [madvise] never") the chosen one. SysError if it cannot be written.
    void set(const std::string& path, const std::string& value);
    // What the file has now comes back in the end.
    void keep(const std::string& path);
    // In the end the file gets this value.
    void write_later(const std::string& path, const std::string& value);
    void rmdir_later(const std::string& path);
    void unmount_later(const std::string& path);
    // Puts everything back. False: something is not as it was; the guard has said what on stderr.
    [[nodiscard]] bool finish();

  private:
    void tell(char what, const std::string& path, const std::string& value);

    pid_t pid_ = -1;
    Fd pipe_;
};

// What a file of /proc or /sys says, without the newline. SysError.
std::string read_setting(const std::string& path);
void write_setting(const std::string& path, const std::string& value);

}  // namespace mmuw
