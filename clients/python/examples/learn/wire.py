import json, urllib.request
from websockets.sync.client import connect

class Batch:
    def __init__(self, url):
        self.url=url
        self.socket=connect(url.replace("http","ws",1)+"/ws",max_size=1<<28,compression=None,ping_timeout=None)
    def send(self, messages):
        out=[]
        for at in range(0,len(messages),256):
            self.socket.send(json.dumps({"type":"batch","data":messages[at:at+256]}))
            out+=json.loads(self.socket.recv())["data"]
        return out
    def get(self, path):
        with urllib.request.urlopen(self.url+path) as r: return json.load(r)
    def tasks(self, **q):
        from urllib.parse import urlencode
        cursor=0; out=[]
        while cursor is not None:
            page=self.get("/tasks?"+urlencode({**q,"limit":1000,"cursor":cursor}))
            out+=page["tasks"]; cursor=page["next_cursor"]
        return out
