# The first process on the second kernel: runs the tests from the host's file system, which is read-only here.
# Its last line contains the mark from the kernel's command line, which nothing else prints, and pytest's exit code.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
for word in $(cat /proc/cmdline); do
    case $word in
        netviz.mark=*) mark=${word#*=} ;;
        netviz.checkout=*) checkout=${word#*=} ;;
        netviz.tests=*) tests=$(echo "${word#*=}" | tr , ' ') ;;
    esac
done
# The tmpfs mounts below may hide the checkout, so it is bind-mounted elsewhere and back.
mkdir -p /dev/shm /dev/pts /dev/checkout
mount --bind "$checkout" /dev/checkout
for folder in /tmp /run /var/tmp /dev/shm; do mount -t tmpfs tmpfs $folder; done
mkdir -p "$checkout"
mount --bind /dev/checkout "$checkout"
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /run/netns
ip link set lo up
cd "$checkout"
export CI=true PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$checkout PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 NETVIZ_TEST_WAIT_S=40
.venv/bin/python -m pytest -c tests/second_kernel/pytest.ini --rootdir . --confcutdir tests/second_kernel \
    -p tests.worlds $tests
code=$?
echo "$mark $code"
sync
busybox reboot -f
