// SPDX-License-Identifier: GPL-2.0-only
// A backing file on whatever filesystem the test's temporary directory is: sync and read back.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "backing/backing_file.h"
#include "backing/disk_reader.h"
#include "backing/lanes.h"
#include "backing/scratch_fs.h"
#include "backing/syncer.h"
#include "base/sys_error.h"

namespace mmuw {
namespace {

TEST(BackingFile, IsUnlinkedAtTheEnd) {
    const auto fs = ScratchFs::use(testing::TempDir());
    std::string path;
    {
        const BackingFile file(fs.directory(), 4);
        path = file.path();
        EXPECT_EQ(std::filesystem::file_size(path), 4 * page_size());
        store_lane(file.page(3), 1, 99);
        EXPECT_EQ(load_lane(file.map_again().bytes() + 3 * page_size(), 1), 99U);
        EXPECT_THROW(static_cast<void>(file.page(4)), std::out_of_range);
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(BackingFile, EverySyncEitherWay) {
    const BackingFile file(testing::TempDir(), 4);
    for (const auto path : {Syncer::Path::kUring, Syncer::Path::kSyscall}) {
        Syncer syncer(path);
        EXPECT_EQ(syncer.path() == path, syncer.why_not_uring().empty());
        for (const Sync sync : kEverySync) EXPECT_EQ(syncer.try_sync(file, sync, 1, 2), 0);
    }
}

TEST(BackingFile, ErrorsNameTheCall) {
    try {
        const BackingFile file("/nonexistent", 1);
        FAIL();
    } catch (const SysError& error) {
        EXPECT_EQ(error.code().value(), ENOENT);
        EXPECT_NE(std::string(error.what()).find("mkostemp(/nonexistent/"), std::string::npos);
    }
    EXPECT_THROW(ScratchFs::use("/nonexistent"), SysError);
}

class DiskReaderTest : public testing::TestWithParam<DiskReader::Method> {};

TEST_P(DiskReaderTest, ReadsWhatWasSynced) {
    const BackingFile file(testing::TempDir(), 4);
    store_lane(file.page(2), 0, 1234);
    Syncer().sync(file, Sync::kMsync, 0, 4);
    try {
        DiskReader reader(file, GetParam());
        EXPECT_EQ(lane_of(reader.read(1, 2).subspan(page_size()), 0), 1234U) << reader.source();
    } catch (const std::exception& error) {
        // Not everywhere is there a block device, or O_DIRECT.
        GTEST_SKIP() << error.what();
    }
}

INSTANTIATE_TEST_SUITE_P(EachMethod, DiskReaderTest,
                         testing::Values(DiskReader::Method::kDevice, DiskReader::Method::kFile));

}  // namespace
}  // namespace mmuw
