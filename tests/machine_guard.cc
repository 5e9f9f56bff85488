// SPDX-License-Identifier: GPL-2.0-only
// The guard puts back what was changed, newest change first, and also after SIGKILL.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "machine/machine_guard.h"
#include "machine/setting.h"
#include "support/temp_dir.h"

namespace mmuw {
namespace {

using namespace std::chrono_literals;

void put(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
}

bool becomes(const std::string& path, const std::string& value) {
    for (int i = 0; i < 200; i++) {
        if (read_setting(path) == value) return true;
        std::this_thread::sleep_for(10ms);
    }
    return false;
}

TEST(MachineGuard, PutsBackWhatWasSet) {
    const TempDir dir;
    put(dir / "run", "0\n");
    MachineGuard guard;
    guard.set(dir / "run", "1");
    EXPECT_EQ(read_setting(dir / "run"), "1");
    guard.set(dir / "run", "2");
    EXPECT_TRUE(guard.finish());
    EXPECT_EQ(read_setting(dir / "run"), "0");
}

TEST(MachineGuard, PutsBackAScopeAtItsEnd) {
    const TempDir dir;
    put(dir / "run", "0");
    put(dir / "other", "0");
    MachineGuard guard;
    guard.set(dir / "run", "1");
    {
        const GuardScope outer(guard);
        guard.set(dir / "run", "2");
        {
            const GuardScope inner(guard);
            guard.set(dir / "run", "3");
            guard.set(dir / "other", "3");
        }
        EXPECT_EQ(read_setting(dir / "run"), "2");
        EXPECT_EQ(read_setting(dir / "other"), "0");
    }
    EXPECT_EQ(read_setting(dir / "run"), "1");
    EXPECT_TRUE(guard.finish());
    EXPECT_EQ(read_setting(dir / "run"), "0");
}

TEST(MachineGuard, TakesAwayDirectories) {
    const TempDir dir;
    ASSERT_EQ(mkdir((dir / "outer").c_str(), 0700), 0);
    ASSERT_EQ(mkdir((dir / "outer/inner").c_str(), 0700), 0);
    MachineGuard guard;
    guard.rmdir_later(dir / "outer");
    guard.rmdir_later(dir / "outer/inner");  // gone first
    EXPECT_TRUE(guard.finish());
    EXPECT_NE(access((dir / "outer").c_str(), F_OK), 0);
}

TEST(MachineGuard, SaysWhatItCouldNotPutBack) {
    const TempDir dir;
    put(dir / "gone", "0");
    testing::internal::CaptureStderr();  // of the guard, too: it is forked now
    MachineGuard guard;
    {
        const GuardScope scope(guard);
        guard.set(dir / "gone", "1");
        unlink((dir / "gone").c_str());
    }
    EXPECT_FALSE(guard.finish());
    EXPECT_TRUE(testing::internal::GetCapturedStderr().contains("not put back: open("));
}

TEST(MachineGuard, OutlivesAKilledProcess) {
    const TempDir dir;
    put(dir / "run", "0");
    const pid_t victim = fork();
    if (victim == 0) {
        MachineGuard guard;
        guard.set(dir / "run", "1");
        const GuardScope scope(guard);
        guard.set(dir / "run", "2");
        kill(getpid(), SIGKILL);
        _exit(1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(victim, &status, 0), victim);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_TRUE(becomes(dir / "run", "0"));
}

TEST(MachineGuard, KeepsTheChosenOneOfAList) {
    const TempDir dir;
    put(dir / "enabled", "always [madvise] never\n");
    EXPECT_EQ(read_setting(dir / "enabled"), "madvise");
}

}  // namespace
}  // namespace mmuw
