# Run by an ordinary user in a network namespace of its own: creates many links, then changes them until /run/stop exists.
# storming.sh PAIRS
i=0
while [ $i -lt "$1" ]; do i=$((i+1)); echo "link add v$i type veth peer name w$i"; done | ip -batch -
ip link set v1 alias '<img src=x onerror=alert(1)>'
ip link set v2 name "$(printf '\377\376')"
echo made
until [ -e /run/stop ]; do
    i=0
    while [ $i -lt 200 ]; do
        i=$((i+1))
        echo "link set v$((i+2)) up"; echo "addr add 10.0.0.$i/32 dev v$((i+2))"; echo "link set v$((i+2)) mtu $((1280+i))"
        echo "addr del 10.0.0.$i/32 dev v$((i+2))"; echo "link set v$((i+2)) down"
    done | ip -force -batch - 2>/dev/null
done
echo stopped
exec sleep 60
