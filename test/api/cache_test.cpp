// The cache of machine code: whole files or none.
#include "compiler/api/cache.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace {

struct Cache : testing::Test {
  std::string folder = testing::TempDir() + "bdc-cache-" + testing::UnitTest::GetInstance()->current_test_info()->name();
  void SetUp() override { std::filesystem::remove_all(folder); }
  void TearDown() override { std::filesystem::remove_all(folder); }
};

} // namespace

TEST_F(Cache, GivesBackWhatWasStored) {
  bdc::ObjectCache cache(folder);
  std::string key = bdc::ObjectCache::key({"a text"}), object("ob\0ject", 7);
  EXPECT_FALSE(cache.load(key));
  cache.store(key, object);
  ASSERT_TRUE(cache.load(key));
  EXPECT_EQ(*cache.load(key), object);
}

TEST_F(Cache, DamagedFilesCountAsAbsent) {
  bdc::ObjectCache cache(folder);
  std::string key = bdc::ObjectCache::key({"a text"});
  cache.store(key, std::string(1000, 'x'));
  std::filesystem::resize_file(folder + "/" + key + ".a", 500);
  EXPECT_FALSE(cache.load(key));
  cache.store(key, std::string(1000, 'x'));
  std::fstream(folder + "/" + key + ".a", std::ios::in | std::ios::out | std::ios::binary).seekp(700).put('y');
  EXPECT_FALSE(cache.load(key));
}

TEST_F(Cache, KeysTellPartsApart) {
  EXPECT_NE(bdc::ObjectCache::key({"ab", "c"}), bdc::ObjectCache::key({"a", "bc"}));
  EXPECT_EQ(bdc::ObjectCache::key({"ab", "c"}), bdc::ObjectCache::key({"ab", "c"}));
}

TEST_F(Cache, AFolderThatCannotBeWrittenIsNoError) {
  bdc::ObjectCache cache("/proc/nowhere");
  cache.store("key", "object");
  EXPECT_FALSE(cache.load("key"));
}
