// SPDX-License-Identifier: GPL-2.0-only
// Machine-wide settings that are put back, whatever becomes of this process.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/fd.h"

namespace mmuw {

// A child process holds the list of what to put back, and the other end of a socket. It works
// through the list, newest first, when the socket closes: at the end of this object, and just so
// when the process is killed (SIGKILL included). So the way back that is needed in an emergency is
// the one that is gone each time.
//
// One for the whole run, so that there is one order. Fork early, while there is one thread, and
// nothing open or mapped that must not be inherited.
class MachineGuard {
  public:
    MachineGuard();
    ~MachineGuard();
    MachineGuard(const MachineGuard&) = delete;
    MachineGuard& operator=(const MachineGuard&) = delete;

    // Writes the value; what the file has now comes back in the end. SysError if it cannot be
    // written.
    void set(const std::string& path, const std::string& value);
    // What the file has now comes back in the end.
    void keep(const std::string& path);
    // In the end the file gets this value.
    void write_later(const std::string& path, const std::string& value);
    void rmdir_later(const std::string& path);
    void unmount_later(const std::string& path);
    // In the end this file is swap space no more, if it was, and is removed, if it is there.
    void swap_off_later(const std::string& path);
    // Puts everything back. False: something is not as it was, now or at the end of a scope; the
    // guard has said what on stderr.
    [[nodiscard]] bool finish();

  private:
    friend class GuardScope;
    friend class FrozenFilesystem;
    void begin_scope();
    void end_scope();
    void tell(char what, const std::string& path = "", const std::string& value = "");
    int hear();  // the guard's answer; 0: all is well

    pid_t pid_ = -1;
    Fd socket_;
};

// What the guard is told during its life is put back at its end, not at that of the run. They nest.
class GuardScope {
  public:
    explicit GuardScope(MachineGuard& guard);
    ~GuardScope();
    GuardScope(const GuardScope&) = delete;
    GuardScope& operator=(const GuardScope&) = delete;

  private:
    MachineGuard& guard_;
};

// Synced, and nothing is written to it (FIFREEZE), for two seconds at most: a vCPU that waits for
// it cannot even be killed, so that the guard would not hear of this process' end.
class FrozenFilesystem {
  public:
    // That of the path. SysError.
    FrozenFilesystem(MachineGuard& guard, const std::string& path);
    ~FrozenFilesystem();
    FrozenFilesystem(const FrozenFilesystem&) = delete;
    FrozenFilesystem& operator=(const FrozenFilesystem&) = delete;

    // True: it was frozen until now.
    [[nodiscard]] bool thaw();

  private:
    MachineGuard& guard_;
    bool frozen_ = true;
};

}  // namespace mmuw
