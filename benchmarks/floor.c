/* The lower bound for the cost of reading a host: enter each network namespace, open a socket, make six dumps, parse nothing.
 *
 * floor REPEATS: reads the own namespace and every name in /run/netns REPEATS times; prints the time of each in ms.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FILTER_SKIP_STATS (1 << 3) /* RTEXT_FILTER_SKIP_STATS */

struct subject {
	int type, family, header;
};

static const struct subject subjects[] = {
	{RTM_GETLINK, AF_UNSPEC, 16}, {RTM_GETADDR, AF_UNSPEC, 8},   {RTM_GETROUTE, AF_UNSPEC, 12},
	{RTM_GETRULE, AF_UNSPEC, 12}, {RTM_GETNEIGH, AF_UNSPEC, 12}, {RTM_GETNEIGH, AF_BRIDGE, 12},
};

static char buffer[1 << 16];

static void fail(const char *what)
{
	fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void dump(int sock, const struct subject *subject)
{
	struct {
		struct nlmsghdr head;
		char rest[32];
	} request = {0};
	request.head.nlmsg_len = NLMSG_LENGTH(subject->header);
	request.head.nlmsg_type = subject->type;
	request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	request.rest[0] = subject->family;
	if (subject->type == RTM_GETLINK) {
		struct rtattr *mask = (void *)(request.rest + subject->header);
		mask->rta_len = RTA_LENGTH(4);
		mask->rta_type = IFLA_EXT_MASK;
		*(unsigned *)RTA_DATA(mask) = FILTER_SKIP_STATS;
		request.head.nlmsg_len += RTA_LENGTH(4);
	}
	if (send(sock, &request, request.head.nlmsg_len, 0) < 0)
		fail("send");
	for (;;) {
		int size = recv(sock, buffer, sizeof buffer, 0);
		if (size <= 0)
			fail("recv");
		for (struct nlmsghdr *m = (void *)buffer; NLMSG_OK(m, size); m = NLMSG_NEXT(m, size))
			if (m->nlmsg_type == NLMSG_DONE || m->nlmsg_type == NLMSG_ERROR)
				return;
	}
}

static void read_namespace(int descriptor)
{
	int on = 1;
	if (setns(descriptor, CLONE_NEWNET))
		fail("setns");
	int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (sock < 0)
		fail("socket");
	setsockopt(sock, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof on);
	for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
		dump(sock, &subjects[i]);
	close(sock);
}

static void read_host(int home)
{
	char path[512];
	struct dirent *entry;
	DIR *names = opendir("/run/netns");
	if (!names)
		fail("/run/netns");
	while ((entry = readdir(names))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "/run/netns/%s", entry->d_name);
		int descriptor = open(path, O_RDONLY | O_CLOEXEC);
		if (descriptor < 0)
			fail(path);
		read_namespace(descriptor);
		close(descriptor);
	}
	closedir(names);
	read_namespace(home);
}

int main(int count, char **words)
{
	int repeats = count > 1 ? atoi(words[1]) : 5;
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	for (int i = 0; i < repeats; i++) {
		double began = now_ms();
		read_host(home);
		printf("%.3f\n", now_ms() - began);
	}
	return 0;
}
